#!/bin/sh
# Run by the postgres image at its first start, with the password of compose.yaml for all four roles.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
  -v gateway="'$HERALD_DB_PASSWORD'" -v campaign="'$HERALD_DB_PASSWORD'" \
  -v analytics="'$HERALD_DB_PASSWORD'" -v billing="'$HERALD_DB_PASSWORD'" \
  -f /herald/roles.sql

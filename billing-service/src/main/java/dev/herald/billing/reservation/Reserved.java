package dev.herald.billing.reservation;

import dev.herald.billing.money.Micros;
import dev.herald.billing.wallet.ChargeBasis;
import java.util.List;

/**
 * What a reservation led to.
 *
 * @param held everything of the campaign that stands in reserved
 * @param available what the wallet has left
 * @param lines in the order of the request
 */
public record Reserved(
    String currency, Micros held, Micros available, ChargeBasis chargeBasis, List<Line> lines) {}

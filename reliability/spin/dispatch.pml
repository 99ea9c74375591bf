/*
 * Dispatch, evidence and money of one message, across three services.
 *
 * Two dispatchers, one with two lives, claim, send and close; their batch is settled when its owner
 * is gone; a person may queue an unconfirmed message again; somebody stops the campaign. WhatsApp
 * takes a message or not, answers or not, and reports early, often, or never. Evidence reaches
 * analytics at least once; billing gets versioned totals, repeated and out of order.
 *
 * The exhaustive test in campaign-service looks at more recipients and at clocks; this model adds
 * what lies behind the outbox. Each mutant below must break a property: see run.
 */
#ifndef REVIVE
#define REVIVE 0    /* a dead owner's batch is sent again by the next */
#endif
#ifndef SENDFIRST
#define SENDFIRST 0 /* the message is written before the claim commits */
#endif
#ifndef LATECLOSE
#define LATECLOSE 0 /* an owner closes a batch that was settled meanwhile */
#endif
#ifndef RETRYDOUBT
#define RETRYDOUBT 0 /* no answer counts as not sent */
#endif
#ifndef DELTA
#define DELTA 0     /* billing gets differences instead of totals */
#endif
#ifndef NOVERSION
#define NOVERSION 0 /* billing takes whatever total comes last */
#endif
#ifndef ACKFIRST
#define ACKFIRST 0  /* a webhook is answered before it is stored */
#endif
#ifndef NOSWEEP
#define NOSWEEP 0   /* nobody settles what is left of a stopped campaign */
#endif

/* Where the message is in campaign-service's database. */
mtype = { QUEUED, BATCH, DONE, UNCONFIRMED, GIVENBACK };
mtype place = QUEUED;
byte owner = 0;            /* of the batch: 1 or 2 */
bool stopped = false;

/* What WhatsApp did. */
byte taken = 0;
bool declared = false;     /* unconfirmed, and no person has decided since */
byte mayTake = 1;          /* 1, and one more for each retry by a person */
byte sentReports = 0;      /* statuses on their way to the webhook */
byte failReports = 0;
bool answered200 = false;  /* some status was acknowledged */

/* Evidence on its way, and in analytics. */
byte outAccepted = 0;
byte outFailed = 0;
byte outUnconfirmed = 0;
byte outReleased = 0;      /* never to be attempted */
bool accepted = false;
bool sent = false;
bool failed = false;
bool unconfirmed = false;
bool released = false;

/* Usage totals of the campaign: charged and released, with a version; then billing's books. */
byte version = 0;
bool chargedTotal = false;
bool releasedTotal = false;
byte knownVersion = 0;
byte charged = 0;
byte givenBack = 0;

#define COUNTS (sent && !failed)
#define VOID   (failed || (released && !sent))

/* Whatever changes the set of evidence changes the totals in the same transaction. */
inline totals() {
  if
  :: chargedTotal != COUNTS || releasedTotal != VOID ->
       version++;
       chargedTotal = COUNTS;
       releasedTotal = VOID
  :: else -> skip
  fi
}

inline write() {
  if
  :: true -> atomic {
       taken++;
       if
       :: sentReports = 2
       :: sentReports = 1; failReports = 1
       :: skip
       fi
     }
  :: true -> skip
  fi
}

proctype Dispatcher(byte me) {
  byte lives = 3 - me;
  bool doubt;
life:
  if
  :: lives == 0 -> goto gone
  :: else -> lives--
  fi;
#if REVIVE
  if
  :: atomic { place == BATCH -> owner = me }; goto send
  :: true -> skip
  fi;
#endif
#if SENDFIRST
  if
  :: place == QUEUED && !stopped -> write()
  :: else -> skip
  fi;
  if :: lives > 0 -> goto life :: true -> skip fi;
#endif
  /* The claim: status, queue and batch in one transaction. */
  if
  :: atomic { place == QUEUED && !stopped -> place = BATCH; owner = me }
  :: goto gone
  fi;
#if SENDFIRST
  doubt = false;
  goto close;
#endif
send:
  doubt = false;
  if :: lives > 0 -> goto life :: true -> skip fi;
  /* Looked at again before the first byte; held back, it goes into the queue again. */
  if
  :: stopped -> goto unsent
  :: true -> skip
  fi;
  if
  :: true -> goto unsent       /* not connected, or throttled: certainly not taken */
  :: true -> atomic { outFailed = 2; goto closeFailed }  /* refused for good */
  :: true -> write()
  fi;
  if :: lives > 0 -> goto life :: true -> skip fi;
  if
  :: taken > 0 -> doubt = false
  :: doubt = true
  fi;
close:
  if :: lives > 0 -> goto life :: true -> skip fi;
  atomic {
    if
    :: doubt -> outUnconfirmed = 2
    :: else -> outAccepted = 2
    fi;
    if
    :: (place == BATCH && owner == me) || LATECLOSE ->
         if
         :: doubt && RETRYDOUBT -> place = QUEUED
         :: doubt && !RETRYDOUBT -> place = UNCONFIRMED; declared = true
         :: else -> place = DONE
         fi
    :: else -> skip
    fi
  };
  goto gone;
closeFailed:
  atomic {
    if
    :: (place == BATCH && owner == me) || LATECLOSE -> place = DONE
    :: else -> skip
    fi
  };
  goto gone;
unsent:
  if :: lives > 0 -> goto life :: true -> skip fi;
  atomic {
    if
    :: (place == BATCH && owner == me) || LATECLOSE -> place = QUEUED
    :: else -> skip
    fi
  };
gone:
  skip
}

/* What Herald does by itself: lost batches, and the rest of a stopped campaign. */
proctype Upkeep() {
  do
  :: atomic { place == BATCH -> place = UNCONFIRMED; declared = true; outUnconfirmed = 2 }
#if !NOSWEEP
  :: atomic { stopped && place == QUEUED -> place = GIVENBACK; outReleased = 2 }
#endif
  :: timeout -> break
  od;
  /* Days later: what WhatsApp never spoke of again is given up. */
  atomic {
    if
    :: (place == UNCONFIRMED || place == DONE) && !sent && !failed -> outReleased = 1
    :: else -> skip
    fi
  }
}

proctype Person() {
  if
  :: atomic { place == UNCONFIRMED && unconfirmed && !sent && !failed && !stopped ->
       place = QUEUED; declared = false; mayTake++ }
  :: true -> skip
  fi;
  if
  :: stopped = true
  :: true -> skip
  fi
}

/* Webhook and relays; each message arrives at least once. */
proctype Analytics() {
  bool crash = true;
end:
  do
#if ACKFIRST
  :: atomic { sentReports > 0 -> sentReports = 0; answered200 = true };
     if
     :: crash -> crash = false
     :: atomic { sent = true; totals() }
     fi
#else
  :: atomic { sentReports > 0 -> sentReports--; sent = true; totals(); answered200 = true }
#endif
  :: atomic { failReports > 0 -> failReports--; failed = true; totals() }
  :: atomic { outAccepted > 0 -> outAccepted--; accepted = true; totals() }
  :: atomic { outFailed > 0 -> outFailed--; failed = true; totals() }
  :: atomic { outUnconfirmed > 0 -> outUnconfirmed--; unconfirmed = true }
  :: atomic { outReleased > 0 -> outReleased--; released = true; totals() }
  od
}

/* Totals travel in any order and as often as they like; one old total is kept back. */
proctype Billing() {
  byte oldVersion = 0;
  bool oldCharged = false;
  bool oldReleased = false;
  bool kept = false;
end:
  do
  :: atomic { version > knownVersion && !kept ->
       kept = true; oldVersion = version; oldCharged = chargedTotal; oldReleased = releasedTotal }
  :: atomic { version > knownVersion ->
#if DELTA
       charged = charged + chargedTotal; givenBack = givenBack + releasedTotal;
#else
       charged = chargedTotal; givenBack = releasedTotal;
#endif
       knownVersion = version }
  :: atomic { kept && oldVersion > 0 && (oldVersion > knownVersion || NOVERSION || DELTA) ->
#if DELTA
       charged = charged + oldCharged; givenBack = givenBack + oldReleased;
#else
       charged = oldCharged; givenBack = oldReleased;
#endif
       if :: oldVersion > knownVersion -> knownVersion = oldVersion :: else -> skip fi;
       oldVersion = 0 }
  od
}

init {
  atomic {
    run Dispatcher(1);
    run Dispatcher(2);
    run Upkeep();
    run Person();
    run Analytics();
    run Billing()
  }
}

/* P3: handed over once, and once more for each time a person said so. */
ltl once { [] (taken <= mayTake) }
/* P3: what was declared unconfirmed is neither queued nor claimed by itself. */
ltl patient { [] (declared -> place == UNCONFIRMED) }
/* Both dispatchers have used up their lives: nobody is left to go on. */
#define NOBODYLEFT (place == QUEUED && !stopped)

/* P4: in the end it is in a final place. */
ltl final { <> [] (place == DONE || place == UNCONFIRMED || place == GIVENBACK || NOBODYLEFT) }
/* P2: what was acknowledged is known. */
ltl kept { [] (answered200 -> sent) }
/* P6: never charged twice, never charged and given back. */
ltl exact { [] (charged <= 1 && givenBack <= 1 && charged + givenBack <= 1) }
/* P6: in the end it is charged if and only if it counts as sent. */
ltl paid { <> [] ((charged == 1) == (sent && !failed)) }
/* P6: in the end no money stays set aside. */
ltl freed { <> [] (charged == 1 || givenBack == 1 || NOBODYLEFT) }

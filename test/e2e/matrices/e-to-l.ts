import type { Matrix } from "./matrix.ts";

/** What venues do unasked, refusals, statuses, orders of several days, times in force, corrections, halts, and others. */
export const E_TO_L: readonly Matrix[] = [
  {
    name: "E.1.b unsolicited cancel of a part-filled order",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 1000 9000 1000@50
      8 X 4 4 10000 1000 0`,
  },
  {
    name: "E.1.c unsolicited replace",
    since: "FIX.4.2",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X D 0 11000 0 11000 378=3
      8 X F 1 11000 1000 10000 1000@50
      8 X D 1 12000 1000 11000 378=3
      8 X F 2 12000 12000 0 11000@50`,
  },
  {
    name: "E.1.d unsolicited reduction of the quantity",
    since: "FIX.4.2",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X D 0 9000 0 9000 378=5
      8 X F 2 9000 9000 0 9000@50`,
  },
  {
    name: "E.1.f unsolicited cancel, then the order is reinstated, filled and cancelled",
    since: "FIX.4.2",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 1000 9000 1000@50
      8 X 4 4 10000 1000 0
      8 X D 1 10000 1000 9000 378=4
      8 X F 1 10000 2000 8000 1000@50
      F Y,X
      8 Y,X 4 4 10000 2000 0`,
  },
  {
    name: "F.1.a duplicate ClOrdID",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 1000 9000 1000@50
      D! X 15000
      < 8 X 8 8 15000 0 0 103=6
      H X 39=1 38=10000 14=1000 151=9000`,
  },
  {
    name: "F.1.b PossResend of an unknown order",
    script: `
      D X 10000 97=Y
      8 X 0 0 10000 0 10000`,
  },
  {
    name: "G.1.a status of an unknown order",
    script: `
      H X 39=8 37=NONE`,
  },
  {
    name: "G.1.b nothing done",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      H X
      H X`,
  },
  {
    name: "G.1.c statuses from the order's first moment to its last",
    script: `
      D X 10000
      H X 39=A 38=10000 14=0 151=10000
      8 X 0 0 10000 0 10000
      H X
      8 X F 1 10000 1000 9000 1000@50
      H X
      8 X F 2 10000 10000 0 9000@60
      H X`,
  },
  {
    name: "H.1.a part-filled, restated on the next day and filled further",
    since: "FIX.4.2",
    script: `
      D X 10000 59=1
      8 X 0 0 10000 0 10000
      8 X F 1 10000 2000 8000 2000@50
      8 X 3 3 10000 2000 8000
      8 X D 1 10000 2000 8000 378=1 424=8000 425=0
      8 X F 1 10000 3000 7000 1000@50 424=8000 425=1000`,
  },
  {
    name: "H.1.b part-filled, a 2:1 split, filled further",
    since: "FIX.4.2",
    script: `
      D X 10000 59=1
      8 X 0 0 10000 0 10000
      8 X F 1 10000 2000 8000 2000@50
      8 X 3 3 10000 2000 8000
      8 X D 1 20000 4000 16000 378=0 6=25 424=16000 425=0
      8 X F 1 20000 9000 11000 5000@25 6=25
      8 X F 2 20000 20000 0 11000@25 6=25`,
  },
  {
    name: "H.1.c part-filled, restated, cancelled on the next day",
    since: "FIX.4.2",
    script: `
      D X 10000 59=1
      8 X 0 0 10000 0 10000
      8 X F 1 10000 2000 8000 2000@50
      8 X 3 3 10000 2000 8000
      8 X D 1 10000 2000 8000 378=1
      F Y,X
      8 Y,X 6 6 10000 2000 8000
      8 Y,X 4 4 10000 2000 0`,
  },
  {
    name: "H.1.c the cancel is refused",
    since: "FIX.4.2",
    script: `
      D X 10000 59=1
      8 X 0 0 10000 0 10000
      8 X F 1 10000 2000 8000 2000@50
      8 X 3 3 10000 2000 8000
      8 X D 1 10000 2000 8000 378=1
      F Y,X
      8 Y,X 6 6 10000 2000 8000
      9 Y,X 1 2`,
  },
  {
    name: "H.1.d part-filled, restated, increased on the next day",
    since: "FIX.4.2",
    script: `
      D X 10000 59=1
      8 X 0 0 10000 0 10000
      8 X F 1 10000 2000 8000 2000@50
      8 X 3 3 10000 2000 8000
      8 X D 1 10000 2000 8000 378=1
      G Y,X 15000 59=1
      8 Y,X E E 10000 2000 8000
      8 X F E 10000 3000 7000 1000@50
      8 Y,X 5 1 15000 3000 12000`,
  },
  {
    name: "I.1.a fill or kill that can't be filled",
    script: `
      D X 10000 59=4
      8 X 0 0 10000 0 10000
      8 X 4 4 10000 0 0`,
  },
  {
    name: "I.1.b immediate or cancel",
    script: `
      D X 10000 59=3
      8 X 0 0 10000 0 10000
      8 X F 1 10000 1000 9000 1000@50
      8 X 4 4 10000 1000 0`,
  },
  {
    name: "J.1.a filled order, corrections and cancels of its executions, a replace",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 1000 9000 1000@100 id=C
      8 X F 2 10000 10000 0 9000@110 id=D
      8 X H 1 10000 9000 1000 0@0 id=E ref=C
      8 X G 1 10000 9000 1000 9000@100 id=F ref=D
      8 X F 2 10000 10000 0 1000@120 id=G
      8 X G 2 10000 10000 0 9000@120 id=H ref=F
      G Y,X 12000
      8 Y,X E E 10000 10000 0
      8 Y,X 5 1 12000 10000 2000
      8 Y G 1 12000 10500 1500 9500@120 id=K ref=H`,
  },
  {
    name: "J.1.a bust of a whole fill with its quantity; the order is filled again",
    script: `
      D X 100
      8 X 0 0 100 0 100
      8 X F 2 100 100 0 100@50 id=A
      8 X H 0 100 0 100 100@50 id=B ref=A
      8 X F 1 100 40 60 40@51
      8 X F 2 100 100 0 60@51`,
  },
  {
    name: "J.1.a bust of a whole fill; the order is cancelled",
    script: `
      D X 100
      8 X 0 0 100 0 100
      8 X F 1 100 30 70 30@50 id=A
      8 X F 2 100 100 0 70@50 id=B
      8 X H 1 100 30 70 0@0 id=C ref=B
      F Y,X
      8 Y,X 4 4 100 30 0`,
  },
  {
    name: "J.1.a a correction of the price, then of the quantity, then a bust of what is left",
    script: `
      D X 100
      8 X 0 0 100 0 100
      8 X F 1 100 60 40 60@50 id=A
      8 X G 1 100 60 40 60@55 id=B ref=A
      8 X G 1 100 50 50 50@55 id=C ref=B
      8 X H 0 100 0 100 0@0 id=D ref=C
      8 X F 2 100 100 0 100@50`,
  },
  {
    name: "J.1.b cancelled order, a bust and another execution",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 5000 5000 5000@50 id=B
      F Y,X
      8 Y,X 6 6 10000 5000 5000
      8 Y,X 4 4 10000 5000 0
      8 X H 4 10000 0 0 0@0 id=E ref=B
      8 X F 4 10000 4000 0 4000@51 id=F`,
  },
  {
    name: "J.1.c part-filled on two days, corrections of both executions",
    since: "FIX.4.2",
    script: `
      D X 10000 59=1
      8 X 0 0 10000 0 10000
      8 X F 1 10000 2000 8000 2000@50 id=B
      8 X 3 3 10000 2000 8000
      8 X D 1 10000 2000 8000 378=1 424=8000 425=0
      8 X F 1 10000 3000 7000 1000@50 id=E 424=8000 425=1000
      8 X G 1 10000 2500 7500 1500@50 id=F ref=B 424=8500 425=1000
      8 X G 1 10000 2000 8000 500@50 id=G ref=E 424=8500 425=500`,
  },
  {
    name: "J.1.d done for day, then a correction and a bust",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 5000 5000 5000@50 id=B
      8 X 3 3 10000 5000 0
      8 X G 3 10000 4000 0 4000@50 id=D ref=B
      8 X H 3 10000 0 0 0@0 id=E ref=D`,
  },
  {
    name: "K.1.a trading halt, the order is reinstated",
    since: "FIX.4.2",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 1000 9000 1000@50
      8 X 9 9 10000 1000 9000
      8 X D 1 10000 1000 9000 378=0
      8 X F 2 10000 10000 0 9000@50`,
  },
  {
    name: "K.1.b trading halt, the order is cancelled",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 1000 9000 1000@50
      8 X 4 4 10000 1000 0 58=halted`,
  },
  {
    name: "L.1.a guarantee of an execution before it is made",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X 7 7 10000 0 10000
      8 X F 1 10000 1000 9000 1000@50
      8 X F 2 10000 10000 0 9000@50`,
  },
  {
    name: "L.1.c an order that is triggered",
    since: "FIX.5.0SP2",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X L 0 10000 0 10000
      8 X F 2 10000 10000 0 10000@50`,
  },
];

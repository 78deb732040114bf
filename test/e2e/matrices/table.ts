import type { Version } from "../../../src/counterparty/version.ts";

/*  The order state change matrices of the standard (FIX 4.4 Volume 4, FIX 5.0SP2 Volume 7, "Order State Change Matrices") as scripts,
 *  by their numbers there. A letter behind the number is another way through the same matrix. One step a line:
 *
 *    D X 10000           the client sends an order; it reaches the venue
 *    F Y,X · G Y,X 8000  a cancel, a replace to this OrderQty, with ClOrdID and OrigClOrdID
 *    D! F! G!            the same, but it does not reach the venue: the gateway answers
 *    G? Y,X 8000         it may reach the venue, which then sends the next step; else the gateway does
 *    8 Y,X E E 10000 0 10000           the venue reports: ids, ExecType, OrdStatus, OrderQty, CumQty, LeavesQty, in the words of 4.4
 *    8 X F 1 10000 2000 8000 2000@50   of an execution also LastQty and LastPx
 *    9 Y,X 1 0           the venue refuses: OrdStatus, CxlRejReason
 *    H X                 the client asks for the status; the gateway answers what the client was told last
 *    < 8 … · < 9 …       what the gateway says by itself
 *
 *  More words of a step: `id=B` names an execution, `ref=B` is the ExecID of that one, `tag=value` is a further field. The client must
 *  be told what the venue said, under its own ids; AvgPx follows from the executions. In the end the gateway knows the same.
 */
export interface Matrix {
  readonly name: string;
  readonly script: string;
  /** First version that has the words for it. */
  readonly since?: Version;
}

export const MATRICES: readonly Matrix[] = [
  {
    name: "A.1.a filled order",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 2000 8000 2000@50
      8 X F 1 10000 3000 7000 1000@51
      8 X F 2 10000 10000 0 7000@52`,
  },
  {
    name: "A.1.a rejected order",
    script: `
      D X 10000
      8 X 8 8 10000 0 0`,
  },
  {
    name: "A.1.b part-filled day order, done for day",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 2000 8000 2000@50
      8 X F 1 10000 3000 7000 1000@50
      8 X 3 3 10000 3000 0`,
  },
  {
    name: "A.1 pending new before new",
    script: `
      D X 10000
      8 X A A 10000 0 10000
      8 X 0 0 10000 0 10000
      8 X F 2 10000 10000 0 10000@50`,
  },
  {
    name: "A.1 done for day, then calculated",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 2000 8000 2000@50
      8 X 3 3 10000 2000 0
      8 X B B 10000 2000 0`,
  },
  {
    name: "A.1 expired",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 2000 8000 2000@50
      8 X C C 10000 2000 0`,
  },
  {
    name: "B.1.a cancel of a zero-filled order",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      F Y,X
      8 Y,X 6 6 10000 0 10000
      8 Y,X 4 4 10000 0 0`,
  },
  {
    name: "B.1.a refused at once",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      F Y,X
      9 Y,X 0 2
      F Z,X
      8 Z,X 4 4 10000 0 0`,
  },
  {
    name: "B.1.a refused after it was pending",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      F Y,X
      8 Y,X 6 6 10000 0 10000
      9 Y,X 0 2
      8 X F 2 10000 10000 0 10000@50`,
  },
  {
    name: "B.1.b cancel of a part-filled order, with executions before and while it is pending",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 2000 8000 2000@50
      F Y,X
      8 X F 1 10000 5000 5000 3000@50
      8 Y,X 6 6 10000 5000 5000
      8 X F 6 10000 6000 4000 1000@51
      8 Y,X 4 4 10000 6000 0`,
  },
  {
    name: "B.1.b refused after executions",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 2000 8000 2000@50
      F Y,X
      8 Y,X 6 6 10000 2000 8000
      8 X F 6 10000 3000 7000 1000@51
      9 Y,X 1 2
      8 X F 1 10000 4000 6000 1000@51`,
  },
  {
    name: "B.1.c cancel of an order that is filled before the cancel is accepted",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 2000 8000 2000@50
      F Y,X
      8 X F 1 10000 5000 5000 3000@50
      8 Y,X 6 6 10000 5000 5000
      8 X F 6 10000 10000 0 5000@50
      9 Y,X 2 0`,
  },
  {
    name: "B.1.d cancel of an order that is not acknowledged yet",
    script: `
      D X 10000
      F Y,X
      8 Y,X 6 6 10000 0 10000
      8 Y,X 4 4 10000 0 0`,
  },
  {
    name: "B.1.d the acknowledgement comes while it is pending",
    script: `
      D X 10000
      F Y,X
      8 Y,X 6 6 10000 0 10000
      8 X 0 6 10000 0 10000
      8 Y,X 4 4 10000 0 0`,
  },
  {
    name: "B.1.e the acknowledgement and the cancel cross",
    script: `
      D X 10000
      F Y,X
      8 X 0 0 10000 0 10000
      8 Y,X 6 6 10000 0 10000
      8 Y,X 4 4 10000 0 0`,
  },
  {
    name: "B.1.f cancel of an unknown order",
    script: `
      F! Y,X 37=NONE
      < 9 Y,X 8 1`,
  },
  {
    name: "C.1.a zero-filled order, quantity increased",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      G Y,X 11000
      8 Y,X E E 10000 0 10000
      8 Y,X 5 0 11000 0 11000
      8 Y F 1 11000 1000 10000 1000@50
      8 Y F 1 11000 3000 8000 2000@50`,
  },
  {
    name: "C.1.a refused at once",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      G Y,X 11000
      9 Y,X 0 2
      8 X F 1 10000 1000 9000 1000@50`,
  },
  {
    name: "C.1.a refused after it was pending",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      G Y,X 11000
      8 Y,X E E 10000 0 10000
      9 Y,X 0 2
      8 X F 2 10000 10000 0 10000@50`,
  },
  {
    name: "C.1.b part-filled order, quantity increased, with an execution while it is pending",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 1000 9000 1000@50
      G Y,X 12000
      8 Y,X E E 10000 1000 9000
      8 X F E 10000 1100 8900 100@50
      8 Y,X 5 1 12000 1100 10900
      8 Y F 2 12000 12000 0 10900@50`,
  },
  {
    name: "C.1.c filled order, quantity increased",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 2 10000 10000 0 10000@50
      G Y,X 12000
      8 Y,X E E 10000 10000 0
      8 Y,X 5 1 12000 10000 2000
      8 Y F 2 12000 12000 0 2000@51`,
  },
  {
    name: "C.1.c refused",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 2 10000 10000 0 10000@50
      G? Y,X 12000
      9 Y,X 2 0`,
  },
  {
    name: "C.2.a replace of the price only, refused because the order is filled",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 1000 9000 1000@50
      G Y,X 10000 44=149
      8 X F 2 10000 10000 0 9000@50
      9 Y,X 2 0`,
  },
  {
    name: "C.3.a quantity decreased to more than is executed",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 1000 9000 1000@50
      G Y,X 8000
      8 X F 1 10000 1500 8500 500@50
      8 Y,X E E 10000 1500 8500
      8 X F E 10000 1600 8400 100@50
      8 Y,X 5 1 8000 1600 6400
      8 Y F 2 8000 8000 0 6400@50`,
  },
  {
    name: "C.3.b quantity decreased to what is executed",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      G Y,X 7000
      8 X F 1 10000 7000 3000 7000@50
      8 Y,X 5 2 7000 7000 0`,
  },
  {
    name: "C.3.c quantity decreased below what is executed",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      G Y,X 7000
      8 X F 1 10000 8000 2000 8000@50
      8 Y,X 5 2 8000 8000 0`,
  },
  {
    name: "D.1.a two replaces, one after the other",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 1000 9000 1000@50
      G Y,X 8000
      8 Y,X E E 10000 1000 9000
      8 X F E 10000 1500 8500 500@50
      8 Y,X 5 1 8000 1500 6500
      8 Y F 1 8000 3500 4500 2000@50
      G Z,Y 6000
      8 Z,Y E E 8000 3500 4500
      8 Z,Y 5 1 6000 3500 2500
      8 Z F 2 6000 6000 0 2500@50`,
  },
  {
    name: "D.1.b the first replace is refused before it is pending, the second accepted",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 1000 9000 1000@50
      G Y,X 8000
      9 Y,X 1 2
      8 X F 1 10000 1500 8500 500@50
      8 X F 1 10000 3500 6500 2000@50
      G Z,X 6000
      8 Z,X E E 10000 3500 6500
      8 X F E 10000 5000 5000 1500@50
      8 Z,X 5 1 6000 5000 1000
      8 Z F 2 6000 6000 0 1000@50`,
  },
  {
    name: "D.1.c the first replace is refused after it was pending, the second accepted",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 1000 9000 1000@50
      G Y,X 8000
      8 Y,X E E 10000 1000 9000
      8 X F E 10000 1500 8500 500@50
      9 Y,X 1 2
      8 X F 1 10000 3500 6500 2000@50
      G Z,X 6000
      8 Z,X E E 10000 3500 6500
      8 Z,X 5 1 6000 3500 2500
      8 Z F 2 6000 6000 0 2500@50`,
  },
  {
    name: "D.2.c a second replace while the first is pending is refused",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      8 X F 1 10000 1000 9000 1000@50
      G Y,X 8000
      8 Y,X E E 10000 1000 9000
      G! Z,Y 7000
      < 9 Z,X E 3
      8 Y,X 5 1 8000 1000 7000
      8 Y F 1 8000 3000 5000 2000@50`,
  },
  {
    name: "D.2.c a cancel while a replace is pending is refused",
    script: `
      D X 10000
      8 X 0 0 10000 0 10000
      G Y,X 8000
      8 Y,X E E 10000 0 10000
      F! Z,Y
      < 9 Z,X E 3
      8 Y,X 5 0 8000 0 8000`,
  },
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

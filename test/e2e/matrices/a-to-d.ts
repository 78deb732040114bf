import type { Matrix } from "./matrix.ts";

/** Executions, cancels, replaces, and replaces in sequence. */
export const A_TO_D: readonly Matrix[] = [
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
];

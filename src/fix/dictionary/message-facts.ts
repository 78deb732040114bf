// The FIX specifications as text that `built-in.ts` reads. A mark names the versions of the text that follows it: 0 to 4 are
// FIX.4.0 to FIX.4.4, 5 to 7 are 5.0, 5.0SP1 and 5.0SP2 over FIXT.1.1; "2-" is 4.2 and all later versions. `11..13` are the
// tags 11, 12 and 13. Source: FIX 4.0 to 5.0SP2, Volumes 1 to 6, as in QuickFIX's message classes.

/** All MsgTypes (35), described below or not. */
export const MSG_TYPES = `
  0-   0 1 2 3 4 5 6 7 8 9 A B C D E F G H J K L M N P Q R S
  1-   T
  2-   V W X Y Z a b c d e f g h i j k l m
  3-4  n
  3-   o p q r s t u v w x y z AA AB AC AD AE AF AG AH AI
  4-   AJ AK AL AM AN AO AP AQ AR AS AT AU AV AW AX AY AZ BA BB BC BD BE BF BG BH
  5-   BI BJ BK BL BM BN BO BP
  6-   BQ BR BS BT BU BV BW BX BY BZ CA CB
  7    CC CD CE
`;

/** All tags, used by a message below or not. */
export const TAGS = `
  0-   1..19 21..23 25..45 48..50 52..75 77..84 87..91 93..100 102..104 106..108 110..124 126..140
  0-3  47
  0-2  20 24 46 76 92 105 109
  0    85 86 125
  1-   141..165 167..172 188..200 202 203 206..211
  1-3  173..187
  1-2  166 201 204 205
  2-   212..218 223 231 262..313 315..317 320..369 371..438 441..446
  2-3  219 370
  2    51 85 86 125 314 318 319 439 440
  3-   220..222 224..230 232..260 447 448 451..464 466..501 503..652 654..659
  3    449 450 465
  4-   85 201 318 502 660..684 686..808 810..830 832..956
  5-   685 957..994 996..1003 1005..1009 1011..1075 1079..1139
  6-   809 1140..1155 1157..1232 1234..1237 1239..1306 1308..1358 1361..1406 1411..1426
  7    1427..1504 1617
`;

/**
 * Header, trailer, session messages and order-entry messages; `!` marks a required field, `+` a shared part.
 * The order of fields is free within header and body; a count tag represents its whole group (GROUPS).
 */
export const MESSAGES = `
part Instrument
  0-   65 106 107
  0-2  55! 76 109
  1-   167 200 202 206 207
  1-2  201 205
  2-   223 231 348..351
  3-   55 224..228 239 240 255 454 460 461 470..472 541 543
  4-   201 667 691 762 864 873..876 947
  5-   965..971 996 997 1018 1049 1079
  6-   1146 1147 1151 1184..1186 1191..1200 1227 1242 1244
  7    1435 1439 1449..1452 1457 1458 1478..1483
part Terms
  0-   1 12 13 15 18 22 44 48 54! 58 59 63 64 99 120 126
  0-3  47
  1-   211
  2-   168 354 355 376 377 388 389 427 432
  2    439 440
  3-   218 220..222 229 235 236 423 453 468 469 479..481 494 497 513 516 526 528 529 544 581..583 589..591 635
  3    465
  4-   660 662 663 696..699 701 711 761 775 788 835..838 840..844 846..849 854 898 913..919
  5-   768 957 1028..1032 1082..1092 1094 1096..1114 1138
part Order
  0-   11! 40! 100 110 111 121
  0-3  21!
  0    38!
  1-   38 77 152 192 193 203 210
  1-2  204
  2-   60! 78 386
  3-   640
  3    118 158 159
  4-   21 70 75
  5-   1133
part MassTarget
  3-   22 48 54 241..247 256 305..313 315..317 336 362..365 435 436 457 462 463 542 592..595 625
  4-   318 763 810 877..879 882..887 941
  5-   972..975 998 1000 1038 1039 1044..1046 1058
  6-   1213 1419 1423..1425
  7    1437 1441 1453..1456 1459..1461
header
  0-   8! 9! 34! 35! 43 49! 50 52! 56! 57 90 91 97 115 116 122 128 129
  1-   142..145
  2-   212 213 347 369
  2-3  370
  3-   627
  5-   1128 1129
trailer
  0-   10! 89 93
message 0 Heartbeat
  0-   112
message 1 TestRequest
  0-   112!
message 2 ResendRequest
  0-   7! 16!
message 3 Reject
  0-   45! 58
  2-   354 355 371..373
message 4 SequenceReset
  0-   36! 123
message 5 Logout
  0-   58
  2-   354 355
message A Logon
  0-   95 96 98! 108!
  1-   141
  2-   383 384
  3-   464 553 554
  4-   789
  5-   1137!
message D NewOrderSingle +Instrument +Terms +Order
  0-   23 81 114 117 140
  3-   232
  5-   1080 1081
message F OrderCancelRequest +Instrument
  0-   11! 22 37 48 54! 58 66
  0-5  41!
  0    38! 125!
  1-   38 152
  2-   1 60! 354 355 376
  2    377
  3-   453 468 469 516 526 581 583 586
  4-   660 711 788 898 913..919
  6-   41
message G OrderCancelReplaceRequest +Instrument +Terms +Order
  0-   37 66
  0-5  41!
  1-   114
  3-   586
  6-   41
message H OrderStatusRequest +Instrument
  0-   37 54!
  0-5  11!
  1-   22 48
  2-   1
  3-   453 526 583
  4-   660 711 788 790 898 913..919
  6-   11
message 8 ExecutionReport +Instrument +Terms
  0-   11 14! 17! 19 29 30 37! 39! 40 60 66 75 103 113 119
  0-4  6!
  0-2  20!
  0-1  31! 32! 38!
  0    118 136
  1-   41 150! 151! 155 156 194 195 198
  2-   21 31 32 38 77 110 111 152 192 193 210 336 378 381 382 424..426 442
  3-   118 157..159 230 232 237 238 258..260 483..485 515 518 527 548 549 551 555 625 636 638 639 641 651 652
  4-   136 584 669 693 738 790 797 839 845 850 851 911 912 920..922 943
  5-   6 574 961 1056 1057 1071 1093 1095 1115
  6-   70 78 811 880 893 1180 1181 1188..1190 1350 1352 1361 1362 1380
  7    1445
message 9 OrderCancelReject
  0-   11! 37! 58 66 102
  0-2  76 109
  1-   39! 198
  1-5  41!
  2-   1 60 354 355 434!
  3-   229 526 581 583 586 636
  4-   75 660
  6-   41
message j BusinessMessageReject
  2-   45 58 354 355 372! 379 380!
  6-   1130 1131 1406
message q OrderMassCancelRequest +Instrument +MassTarget
  3-   11! 58 60! 354 355 526 530!
  5-   453
  6-   1300 1301
message r OrderMassCancelReport +Instrument +MassTarget
  3-   11 37! 58 60 198 354 355 526 530! 531! 532..534
  5-   453
  6-   1300 1301 1369! 1370
message AF OrderMassStatusRequest +Instrument +MassTarget
  3-   1 453 584! 585!
  4-   660
`;

/** Repeating groups by count tag: fields in order, the first begins each entry; `@` marks one field. */
export const GROUPS = `
78 NoAllocs: 79 661@4- 736@4- 467@3- 539@3- 80
136 NoMiscFees: 137 138 139 891@4-
232 NoStipulations: 233 234
382 NoContraBrokers: 375 337 437 438 655@3-
384 NoMsgTypes: 372 385 1130@5- 1131@5-
386 NoTradingSessions: 336 625@3-
453 NoPartyIDs: 448 447 452 802@4- 523@3
454 NoSecurityAltID: 455 456
457 NoUnderlyingSecurityAltID: 458 459
518 NoContAmts: 519 520 521
534 NoAffectedOrders: 41 535 536
539 NoNestedPartyIDs: 524 525 538 804@4- 545@3
555 NoLegs:
  600 601 602 603 604 607 608 609 764@4- 610 611 1212@6- 248 249 250 251 252 253 257 599 596 597 598 254 612 942@4-
  613 614 1436@7 1440@7 999@5- 1224@6- 1421@6- 1422@6- 1001@5- 1420@6- 615 616 617 618 619 620 621 622 623 624 556@4-
  740@4- 739@4- 955@4- 956@4- 1358@6- 1017@5- 566@5- 687@4- 685@5- 690@4- 683@4- 1366@6- 670@6- 564 565 948@6- 539@3-5
  654 566@3-4 587 588 637 675@5- 1073@5- 1074@5- 1075@5- 1379@6- 1381@6- 1383@6- 1384@6- 1418@6-
604 NoLegSecurityAltID: 605 606
627 NoHops: 628 629 630
670 NoLegAllocs: 671 672 756 673 674 1367
683 NoLegStipulations: 688 689
711 NoUnderlyings:
  311 312 309 305 457 462 463 310 763 313 542 1213@6- 315@4-5 241 1453@7 1454@7 1455@7 1456@7 1459@7 1460@7 242 243
  244 245 246 256 595 592 593 594 247 316 941 317 436 1437@7 1441@7 998@5- 1423@6- 1424@6- 1425@6- 1000@5- 1419@6- 435
  308 306 362 363 307 364 365 877 878 972@5- 318 879 975@5- 973@5- 974@5- 810 882 883 884 885 886 887 1044@5- 1045@5-
  1046@5- 1038@5- 1058@5- 1039@5- 315@6-
756 NoNested2PartyIDs: 757 758 759 806
768 NoTrdRegTimestamps: 769 770 771 1033 1034 1035
802 NoPartySubIDs: 523 803
804 NoNestedPartySubIDs: 545 805
806 NoNested2PartySubIDs: 760 807
864 NoEvents: 865 866 1145@6- 867 868
887 NoUnderlyingStips: 888 889
948 NoNested3PartyIDs: 949 950 951 952
952 NoNested3PartySubIDs: 953 954
957 NoStrategyParameters: 958 959 960
1018 NoInstrumentParties: 1019 1050 1051 1052
1052 NoInstrumentPartySubIDs: 1053 1054
1058 NoUndlyInstrumentParties: 1059 1060 1061 1062
1062 NoUndlyInstrumentPartySubIDs: 1063 1064
1362 NoFills: 1363 1364 1365 1443@7 1414
1370 NoNotAffectedOrders: 1372 1371
1413 NoNested4PartySubIDs: 1412 1411
1414 NoNested4PartyIDs: 1415 1416 1417 1413
1445 NoRateSources: 1446 1447 1448
1461 NoTargetPartyIDs: 1462 1463 1464
1483 NoComplexEvents: 1484 1485 1486 1487 1488 1489 1490 1491
1491 NoComplexEventDates: 1492 1493 1494
1494 NoComplexEventTimes: 1495 1496
`;

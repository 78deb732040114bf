;; Indexes the fields of a FIX message, sixteen bytes at a time (src/fix/field-index.ts has the memory's plan).
;;
;; Only plain messages: every field is one to four digits, `=`, a value of at least one byte, SOH; none has a special tag.
;; Anything else makes `index` return -1, and the scanner goes over the message byte by byte, which knows every exception.
(module
  (memory (export "memory") 1 1)
  ;; Ones over the bytes that count, for a last stretch of n: loaded at 32 - n.
  (data (i32.const 16) "\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")

  ;; index(message, end, shift, base): the message stands at [message, end), its last byte is a SOH, sixteen bytes behind it
  ;; may be read. `shift` is added to the offsets that are noted. Returns the sum of the bytes, or -1.
  (func (export "index") (param $at i32) (param $end i32) (param $shift i32) (param $base i32) (result i32)
    (local $left i32) (local $mask i32) (local $stretch v128) (local $sum v128)
    (local $field i32) (local $soh i32) (local $word i32) (local $hits i32) (local $digits i32) (local $tag i32)
    (local $value i32) (local $count4 i32) (local $repeated i32) (local $place i32) (local $high i32)
    (local.set $field (local.get $at))
    (loop $stretches
      (local.set $stretch (v128.load (local.get $at)))
      (local.set $left (i32.sub (local.get $end) (local.get $at)))
      (if (i32.lt_s (local.get $left) (i32.const 16))
        (then (local.set $stretch
          (v128.and (local.get $stretch) (v128.load (i32.sub (i32.const 32) (local.get $left)))))))
      (local.set $sum (i32x4.add (local.get $sum)
        (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u (local.get $stretch)))))
      (local.set $mask (i8x16.bitmask (i8x16.eq (local.get $stretch) (i8x16.splat (i32.const 1)))))
      (block $nextStretch
        (br_if $nextStretch (i32.eqz (local.get $mask)))
        (loop $fields
          (local.set $soh (i32.add (local.get $at) (i32.ctz (local.get $mask))))
          ;; The tag's digits: where `=` stands in the field's first four bytes, found as the lowest byte that it makes zero.
          (local.set $word (i32.load align=1 (local.get $field)))
          (local.set $hits (i32.xor (local.get $word) (i32.const 0x3d3d3d3d)))
          (local.set $hits (i32.and (i32.const 0x80808080)
            (i32.and (i32.sub (local.get $hits) (i32.const 0x01010101)) (i32.xor (local.get $hits) (i32.const -1)))))
          (if (local.get $hits)
            (then
              (local.set $digits (i32.shr_u (i32.ctz (local.get $hits)) (i32.const 3)))
              (if (i32.eqz (local.get $digits)) (then (return (i32.const -1)))))
            (else
              (if (i32.ne (i32.load8_u offset=4 (local.get $field)) (i32.const 61)) (then (return (i32.const -1))))
              (local.set $digits (i32.const 4))))
          ;; Four digits' values, missing ones in front as 0; then tens with ones, then hundreds with them.
          (local.set $tag (i32.shl (i32.xor (local.get $word) (i32.const 0x30303030))
            (i32.shl (i32.sub (i32.const 4) (local.get $digits)) (i32.const 3))))
          (if (i32.and (i32.const 0x80808080)
                (i32.or (i32.add (local.get $tag) (i32.const 0x76767676)) (local.get $tag)))
            (then (return (i32.const -1))))
          (local.set $tag (i32.shr_u (i32.mul (local.get $tag) (i32.const 2561)) (i32.const 8)))
          (local.set $tag (i32.shr_u
            (i32.mul (i32.and (local.get $tag) (i32.const 0x00ff00ff)) (i32.const 6553601)) (i32.const 16)))
          (local.set $value (i32.add (i32.add (local.get $field) (local.get $digits)) (i32.const 1)))
          (if (i32.or (i32.le_s (local.get $soh) (local.get $value)) (i32.eq (local.get $count4) (i32.const 2048)))
            (then (return (i32.const -1))))
          (i32.store offset=0x1000 (local.get $count4) (local.get $tag))
          (i32.store offset=0x1800 (local.get $count4) (i32.add (local.get $value) (local.get $shift)))
          (i32.store offset=0x2000 (local.get $count4) (i32.add (local.get $soh) (local.get $shift)))
          (if (i32.lt_u (local.get $tag) (i32.const 1024))
            (then
              (if (i32.load8_u offset=0x3800 (local.get $tag)) (then (return (i32.const -1))))
              (local.set $place (i32.shl (local.get $tag) (i32.const 2)))
              (if (i32.ge_s (i32.load offset=0x2800 (local.get $place)) (local.get $base))
                (then (if (i32.eqz (local.get $repeated)) (then (local.set $repeated (local.get $tag)))))
                (else (i32.store offset=0x2800 (local.get $place)
                  (i32.add (local.get $base) (i32.shr_u (local.get $count4) (i32.const 2)))))))
            (else (local.set $high (i32.const 1))))
          (local.set $count4 (i32.add (local.get $count4) (i32.const 4)))
          (local.set $field (i32.add (local.get $soh) (i32.const 1)))
          (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
          (br_if $fields (local.get $mask))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $stretches (i32.lt_s (local.get $at) (local.get $end))))
    (i32.store (i32.const 0) (i32.shr_u (local.get $count4) (i32.const 2)))
    (i32.store (i32.const 4) (local.get $repeated))
    (i32.store (i32.const 8) (local.get $high))
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
      (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum))))))

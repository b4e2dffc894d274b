-- telling_hash(phash): a perceptual hash, or NULL where it says nothing of its picture
-- grain: scalar
-- units: 64 bits, as images.phash
-- reads:
-- note: of a picture of one colour all coefficients but the first are 0, and none is above their median: every
-- such picture has the same hash, and black ones the hash 0. They are no copies of each other
select if(phash in (0, 9223372036854775808), null, phash)

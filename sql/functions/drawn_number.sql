-- drawn_number(unit, key_one, key_two): a number that chance seems to have drawn for a unit in a replicate
-- grain: scalar
-- units: whole, from 0 to 2 ** 32 - 1, each as likely; unit has 64 bits, the keys are odd numbers of 32 bits
-- reads:
-- source: multiplication by a drawn odd number modulo 2 ** 32: Dietzfelbinger et al. 1997, 10.1006/jagm.1997.0873
-- note: of plain arithmetic, so that it is the same with every version of DuckDB and in any other program
select xor(
    ((unit::ubigint & 4294967295) * key_one::ubigint) & 4294967295,
    ((unit::ubigint >> 32) * key_two::ubigint) & 4294967295
)

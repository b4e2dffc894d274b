-- shrunken_share(n_right, n_all): a share that is never 0 or 1: the middle of its 95 % Wilson interval
-- grain: scalar
-- units: fraction in [0, 1]; NULL without samples
-- reads:
-- source: Agresti and Coull 1998, 10.1080/00031305.1998.10480550
select if(n_all > 0, (n_right + 1.920729410347062e0) / (n_all + 3.841458820694124e0), null)

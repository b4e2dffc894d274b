-- accuracy_gaps: the best and the worst group of an attribute, how far apart they are, and how sure that is
-- grain: classifier, dataset, split, group_attribute
-- units: accuracies, gap, ci_low and ci_high are fractions; the interval is a 95 % one of the largest true gap, for all
-- pairs of groups at once; tau is the standard deviation of the true accuracies between groups, shrunken_gap the gap
-- of their shrunken accuracies, detectable_gap the smallest that two groups of median size would show with 80 % power
-- reads: accuracy_gaps_among
-- source: Newcombe 1998, 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10, with
-- Bonferroni's correction for the pairs; tau: DerSimonian and Laird 1986, 10.1016/0197-2456(86)90046-2
-- note: ci_low is that of the pair surest_better_group and surest_worse_group, which are often larger than the best and
-- the worst group and then tell more; gap itself is too large by chance, most where groups are many and small.
-- Groups with fewer than min_samples samples (a setting of the store) take no part; one group has no gap
select *
from accuracy_gaps_among(null)

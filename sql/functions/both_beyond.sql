-- both_beyond(correlation, n_pairs): how likely two normal variates are both beyond z_of_pairs(n_pairs), on either side
-- grain: scalar
-- units: a probability; at most that of one of them, 1 / (20 n_pairs)
-- reads: z_of_pairs
-- source: Plackett 1954, 10.1093/biomet/41.3-4.351, whose integral over the correlation is taken over its arc sine at the
-- eight points of Gauss and Legendre
select 1 / (400.0 * n_pairs ** 2) + asin(least(1.0, abs(correlation))) / (2 * pi()) * list_sum(list_transform(
    [
        { 'place': 1.9855071751231912e-02, 'weight': 1.0122853629037706e-01 },
        { 'place': 1.0166676129318664e-01, 'weight': 2.2238103445337443e-01 },
        { 'place': 2.3723379504183550e-01, 'weight': 3.1370664587788688e-01 },
        { 'place': 4.0828267875217511e-01, 'weight': 3.6268378337836166e-01 },
        { 'place': 5.9171732124782483e-01, 'weight': 3.6268378337836166e-01 },
        { 'place': 7.6276620495816450e-01, 'weight': 3.1370664587788688e-01 },
        { 'place': 8.9833323870681336e-01, 'weight': 2.2238103445337443e-01 },
        { 'place': 9.8014492824876809e-01, 'weight': 1.0122853629037706e-01 }
    ],
    lambda point: point['weight'] * (
        exp(-1 * z_of_pairs(n_pairs) ** 2 / (1 + sin(point['place'] * asin(least(1.0, abs(correlation))))))
        - exp(-1 * z_of_pairs(n_pairs) ** 2 / (1 - sin(point['place'] * asin(least(1.0, abs(correlation))))))
    )
))

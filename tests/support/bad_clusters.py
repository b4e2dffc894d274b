"""For every invariant of clusters: statements, after each of which a view is wrong."""

from __future__ import annotations

from support.spoiling import NAN, spoiled, without_first

BAD_CLUSTERS: dict[str, list[str]] = {
    "sample_clusters_hold": [
        *(
            spoiled("sample_clusters", column, value)
            for column, value in [
                ("kind", "null"),
                ("kind", "'other'"),
                ("cluster", "'other'"),
                ("n_samples", "n_samples + 1"),
                ("sample_id", "99"),
            ]
        ),
        spoiled("sample_clusters", "kind", "'sample'", "kind = 'picture'"),
        spoiled("sample_clusters", "kind", "'picture'", "kind = 'person'"),
        without_first("sample_clusters"),
    ],
    "cluster_sizes_hold": [
        *(
            spoiled("cluster_sizes", column, value)
            for column, value in [
                ("n_samples", "n_samples + 1"),
                ("n_clusters", "n_clusters + 1"),
                ("mean_cluster_size", "mean_cluster_size + 1e-6"),
                ("mean_cluster_size", "null"),
                ("mean_cluster_size", NAN),
                ("group_name", "'other'"),
            ]
        ),
        without_first("cluster_sizes"),
    ],
    "cluster_effects_hold": [
        *(
            spoiled("cluster_effects", column, value)
            for column, value in [
                ("n_samples", "n_samples + 1"),
                ("n_clusters", "n_clusters + 1"),
                ("mean_cluster_size", "mean_cluster_size + 1"),
                ("icc", "1.1"),
                ("icc", "null"),
                ("icc", NAN),
                ("design_effect", "design_effect + 0.1"),
                ("n_effective", "n_samples + 1"),
                ("n_effective", "null"),
            ]
        ),
        without_first("cluster_effects"),
    ],
}  # fmt: skip

-- 0017: of what kind data sets are, so that models are compared on faces, on medical pictures ... apart
-- data: the data sets of the usual boards, by name; undo: drop the table

create table dataset_kinds (
    dataset varchar primary key,
    kind varchar not null
);
comment on table dataset_kinds is 'of what kind a data set is, for benchmark_means and benchmark_ranks; `facestore kinds` changes it';
comment on column dataset_kinds.dataset is 'name of a data set, or the last part of its name: cars stands for tfds/cars, too';
comment on column dataset_kinds.kind is 'such as natural, medical or faces';

insert into dataset_kinds
select
    unnest(shipped.datasets) as dataset,
    shipped.kind
from (
    values
    (
        'natural',
        [
            'caltech101', 'cats_vs_dogs', 'cifar10', 'cifar100', 'dtd', 'gtsrb', 'horses_or_humans', 'stl10',
            'tiny_imagenet', 'voc2007', 'voc2007_multilabel'
        ]
    ),
    (
        'fine-grained',
        [
            'caltech_birds2010', 'caltech_birds2011', 'cars', 'fgvc_aircraft', 'flowers', 'food101', 'pets',
            'stanford_dogs'
        ]
    ),
    (
        'ImageNet',
        [
            'imagenet-a', 'imagenet-o', 'imagenet-r', 'imagenet1k', 'imagenet_sketch', 'imagenette', 'imagenetv2',
            'imagewang', 'objectnet'
        ]
    ),
    ('scenes', ['country211', 'miniplaces', 'places365', 'sun397']),
    ('satellite', ['eurosat', 'fmow', 'resisc45', 'uc_merced']),
    ('medical', ['camelyon17', 'colorectal_histology', 'diabetic_retinopathy', 'malaria', 'pcam']),
    ('plants', ['cassava', 'citrus_leaves', 'deep_weeds', 'inaturalist', 'plant_village']),
    ('typography', ['cmaterdb', 'mnist', 'renderedsst2', 'svhn']),
    (
        'structured',
        [
            'clevr_closest_object_distance', 'clevr_count_all', 'dmlab', 'dsprites_label_orientation',
            'dsprites_label_x_position', 'kitti_closest_vehicle_distance', 'smallnorb_label_azimuth',
            'smallnorb_label_elevation'
        ]
    ),
    (
        'faces',
        [
            'adience', 'affectnet', 'bfw', 'bupt-balancedface', 'casual_conversations', 'celeba', 'facet', 'fairface',
            'fer2013', 'imdb-wiki', 'lfw', 'lfwa', 'ppb', 'rfw', 'utkface'
        ]
    )
) as shipped (kind, datasets);

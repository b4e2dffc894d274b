-- classes_are_ordered: the classes of an attribute have ordinals of their own, and age ranges do not overlap
-- audits: classes
-- reads: classes
-- todo: correct the classes with `facestore sql --write`; ties and ages are decided by them
select
    one.attribute,
    one.class,
    one.ordinal,
    one.low,
    one.high,
    other.class as other_class
from classes as one
left join classes as other
    on
        one.attribute = other.attribute
        and one.class <> other.class
        and (
            one.ordinal = other.ordinal
            or (
                one.low <= coalesce(other.high, 'infinity'::double)
                and other.low <= coalesce(one.high, 'infinity'::double)
            )
        )
where
    other.class is not null
    or one.ordinal < 1
    or one.low > one.high
    or isnan(one.low)
    or isnan(one.high)

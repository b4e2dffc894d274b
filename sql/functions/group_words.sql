-- group_words(group_attribute, group_name): a group as a sentence names it, such as 'Black faces' or 'ages 0-2'
-- grain: scalar
-- units: text
-- reads:
-- note: gender and race stand before the noun, ages and all other attributes after it; of pairs of labels each part is
-- named so
select
    case
        when group_attribute = 'overall' then 'all faces'
        when group_attribute = 'age' then 'ages ' || group_name
        else
            concat_ws(
                ' of ',
                concat_ws(
                    ' ',
                    nullif(
                        list_aggregate(
                            list_transform(
                                list_filter(
                                    list_zip(
                                        string_split(group_attribute, ' x '),
                                        string_split(group_name, ' x ')
                                    ),
                                    lambda part: part[1] in ('gender', 'race')
                                ),
                                lambda part: part[2]
                            ),
                            'string_agg',
                            ', '
                        ),
                        ''
                    ),
                    'faces'
                ),
                nullif(
                    list_aggregate(
                        list_transform(
                            list_filter(
                                list_zip(
                                    string_split(group_attribute, ' x '),
                                    string_split(group_name, ' x ')
                                ),
                                lambda part: part[1] not in ('gender', 'race')
                            ),
                            lambda part: if(part[1] = 'age', 'ages', part[1]) || ' ' || part[2]
                        ),
                        'string_agg',
                        ' and '
                    ),
                    ''
                )
            )
    end

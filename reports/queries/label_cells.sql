-- label_cells: Cells of all labels
-- text: How many samples share all their labels, and which fraction of the labelled samples of the
-- data set and split they are. Figures of a cell with few samples are uncertain.
-- head: cell
-- fold: yes
select
    dataset,
    split,
    cell_attributes,
    cell,
    n_samples,
    fraction
from label_cells
order by dataset asc, split asc, cell_attributes asc, n_samples desc, cell asc

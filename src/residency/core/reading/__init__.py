"""Files of rows in any format and shape in which question banks come, read for the data gate and for evaluation."""

"""Tables that people send for work row by row: uploaded, tried or done in steps, with a result.

Guarantees
- what is worked on is the upload as it was at the start, whatever comes by the link later;
- each row is done once, in a transaction of its own, also when its step was lost and is repeated;
- a dry run takes the very steps, and foretells what the rows will give;
- who cancels it stops it after the rows under way: what is done stays and is in the result;
- a row that is refused is named by line, column and words, in the result and among the first bad;
- files that may name people are deleted when the work is over; the result names none.
"""

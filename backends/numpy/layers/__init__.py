"""The layers of the fast form: each makes the calls of one lane from where its values lie."""

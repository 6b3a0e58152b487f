"""The real thing on a clock of its own: what `convo chat` and `convo test` hold."""

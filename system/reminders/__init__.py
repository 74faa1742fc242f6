"""提醒: what people are told of by the clock, and when."""

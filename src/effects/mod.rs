//! What the outside world is to the product: clock, random, outbound HTTP.

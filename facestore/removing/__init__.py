"""Taking out of a store what is in it: people, data sets, classifiers, encoders, prompts."""

"""Everything that computes. Never imports Streamlit; imports inside run one way, see README, "How the parts fit"."""

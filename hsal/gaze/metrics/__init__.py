"""How well maps tell where people look: metrics of maps against fixations and boxes."""

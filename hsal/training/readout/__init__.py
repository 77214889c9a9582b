"""Training the readout of saliency learned from people (`hsal.saliency.readout`) on photos with their fixations.

    settings.py     the settings of a training run
    features.py     photos as inner layers of the frozen network, computed once, with their fixations
    loop.py         maximum likelihood
    stages.py       what a stopped run continues from
    card.py         the card, and means of figures
"""

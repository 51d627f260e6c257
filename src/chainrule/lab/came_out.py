"""What the full form of each experiment taught, written after it was run."""

from __future__ import annotations

__all__ = ["CAME_OUT"]

CAME_OUT: dict[str, str] = {
    "online": "A step on one image points 86° away from the gradient of all, one on 20 images 77°, yet by "
    "epochs and with rates in step batches of 1, 10 and 20 come to about 94 %. By the clock single images "
    "cost 2.84 s an epoch, batches of 20 0.34 s. At a rate of 30, in step with a batch of 100, training "
    "breaks down. Wide starts are a lottery: one seed of three ended 18 points below the others at batch 1, "
    "and at batches of 20 and 100 with the common rate; at batch 10 none did.",
    "ch1-30": '95.06 ± 0.23 % at the best epoch, 94.83 ± 0.16 % at the last: "about 95", and the '
    "published 95.42 is one of the better runs. The first epoch is a lottery, 85.6 ± 10.5 %: from so wide a "
    "start it depends on whether all ten outputs have begun to move.",
    "ch1-100": "This is the least certain figure of the book's first chapter. Of five runs one reads all "
    "ten digits, 96.8 %; the other four hardly read one or two digits at all, 1.2 on average, as an output "
    "neuron that starts flat learns slowly by the quadratic cost (see slowdown) and may stay so for all "
    "thirty epochs. On the digits that they do read they are right in 96.85 ± 0.47 %, near the published "
    "96.59. So the network is as good as the book says, if it begins well; cross-entropy (ce-100) takes the "
    "lottery away.",
    "ch1-slow": "Reproduced: 20.2 ± 7.3 % after thirty epochs, still rising.",
    "ch1-fast": "Reproduced: 9.5 ± 1.0 %, guessing.",
    "ch1-none": "Ten neurons that look at the pixels directly read 79.6 ± 10.5 % at the best epoch, and "
    "again the spread is one of whole digits: 1.4 of ten are hardly read on average, and on the others the "
    "answers are right in 92.59 ± 0.99 %. So much can be read off single pixels; the hidden layer adds what "
    "combinations of them tell.",
    "csv-3-order": "It matters: from the same starts the images in the order of the file come to 95.36 ± "
    "0.02 % after five epochs, a tenth of a point, or ten images, below the note's 95.46; shuffled ones come "
    "to 95.65 ± 0.08 %. So shuffling is what csv-3 has above the note.",
    "nodes-300": "The network has the 238,510 parameters that the note counts. It comes to 98.03 ± 0.06 % "
    "of the test images in 30 epochs of one image at a time, and accuracy had not begun to fall by then, so "
    "the note's rule had not yet ended the training. An epoch takes seconds with arrays where the note "
    "waited over 9,000 with objects.",
    "csv-3": "After ten epochs the note's 96.95 % is reproduced (96.81 ± 0.12), after five we are 0.19 "
    "points above it; csv-3-order measures whether the order of the images is the reason. At the same rate "
    "the gradient has come to 94.41 ± 0.07 %: the two directions differ by 2° at the start, but the note's "
    "step in the first layer is four times as long.",
    "csv-4": "Both published figures are reproduced by the note's rule: 97.11 ± 0.16 % after 5 epochs, "
    "97.75 ± 0.13 % after 10. At the same rate the gradient has come to 94.16 ± 0.15 %. Its direction "
    "differs by 7° at the start, but σ' makes its step in the first layer 18 times shorter. So what the "
    "note's rule gains is length: it does not vanish on the way down.",
    "csv-5": "The note's 96.23 % is our best of the five epochs, 96.19 ± 0.09 %. After the fifth the rule "
    "stands at 95.22 ± 0.37 %: with three hidden layers its step in the first is 75 times the gradient's at "
    "the start, and accuracy goes up and down from epoch to epoch. The gradient at the same rate comes to "
    "89.40 ± 0.30 %.",
    "csv-6": "The note's 95.8 % is not reached at its rate: the rule peaks at 79 and 84 % in two runs and "
    "falls to 53 and 74 %, while its direction in the first layer turns some 77° away from the gradient's. "
    "Steps that are 327 times the gradient's at the start are too long. csv-6-rates shows that it is the "
    "rate that fails, not the depth.",
    "csv-6-rates": "With rates that suit them the note's rule comes to 94.54 ± 0.51 % and the gradient to "
    "95.83 ± 0.25 %, the published 95.8. With four hidden layers the true gradient is the better rule, once "
    "its rate makes up for σ'.",
    "gates-shallow-deep": "Two layers of gates double with every bit: 32,769 for the parity of 16 bits "
    "where 60 NANDs in many layers do, 434,676 against 600 for a product of 8-bit numbers. But perceptrons "
    "can count: 17 of them decide the parity of 16 bits in two layers. Depth saves an exponential for gates, "
    "not for every function of every neuron.",
    "four-bits": "The weights were derived, not learnt: with W = ln 99 / 0.91 and no bias every output of "
    "at least 0.99 or at most 0.01 gives bits within the same bounds. On trained networks the bits read "
    "94.77 ± 0.15 % of the test images right, the largest output 94.83 ± 0.16 %, and the two never differ on "
    "the 67 % of images whose outputs are as clear as the derivation asks for.",
    "perceptron-rule": "Rosenblatt's rule learns what a line can divide in few mistakes, 10 for AND, and on "
    "random data makes less than a fifth of the mistakes that the margin allows in the worst case. On XOR it "
    "makes four mistakes an epoch for ever and comes back to the same weights.",
    "small-change": "The perceptron's output jumps by 1 while its weight moves by 0.01; the sigmoid "
    "neuron's moves by 0.0025 at most. The sum Σ ∂output/∂w Δw misses the true change by an error that falls "
    "as the square of the change, as Taylor says: that is why small steps along the gradient work.",
    "steepness": "No answer of 960,000 changed when weights and biases were scaled, and sigmoid networks "
    "come as near as one likes to the perceptron network as c grows. Note 001 says that at w·x + b = 0 the "
    "sigmoid neuron gives 1; it gives 0.5 at every c, measured, and that is the one place where the two "
    "kinds never agree.",
    "ten-or-four": "Ten outputs are ahead by 3.2 points. Taking the digit whose bits are nearest instead of "
    "the bits themselves gains 0.2 of them back. The book supposes that no bit goes with a shape that could "
    "be seen; that is not measured here.",
    "objects-and-arrays": "The same numbers to the last digit, 189 ± 24 times as fast with arrays: an epoch "
    "of 60,000 images takes 57 minutes with objects on this machine, where the note reports over 9,000 "
    'seconds on the one it was written on, and 18 seconds with arrays. "Some hundred times" is reproduced.',
    "bumps": "The error falls as one over the number of neurons, as it must for a smooth function. The "
    "steepest steps are not the best: softer ones, some six times the number of bumps, miss it 2.6 times "
    "less on average.",
    "learnt-function": "With 100 neurons training from a steep start is 4.6 times as exact as the weights "
    "set by hand. From the usual flat start it never finds the wiggle of cos 50x, 37 times worse: that a "
    "network can represent a function does not say that it will learn it.",
    "step-and-bump": "The step stands at −b/w and its flank is 4.394/w wide, both as derived; a bump has "
    "its full height once the weights are large beside one over its width.",
    "towers": "The error falls as one over the number of towers along a side if they are high; low towers "
    "leak, and many of them leak more.",
    "hidden-rules": "None of the three rules names the best size. More neurons read more digits all the way "
    "to the note's own choice of 300: 91.17, 95.81, 97.30 and 97.94 % for 10, 29 to 38, 89 and 300. The "
    "choice of α moves accuracy by 0.8 points between its best and worst, not much more than the seed does.",
    "hidden-sweep": "The first step, from 10 to 30 neurons, gains 4.6 points, the next 1.6, the last two a "
    "quarter of a point each, while an epoch takes 25 times as long. In five epochs more neurons do no harm: "
    "the note's warning that too many overfit is not seen here; see full-gap and l2-100 for longer training.",
    "nearest-neighbours": "Four neighbours, chosen on the validation part, read 96.94 % of the test images: "
    "more than the book's first network, without learning anything, and at the price of keeping all 50,000 "
    "images at hand.",
    "people-and-records": "Our small network misses 2.67 ± 0.12 %, thirteen times as many as the best "
    "network of 2013, and it is meant to: it has one hidden layer of 100 and sees each image as it is. What "
    "the others have more are wider and deeper networks, deformed images and convolution. Nothing was "
    "measured about people; note 000's 97 % stands far below other sources' 99.8 %.",
    "random": "Guessing reads a tenth, as it must; the luckiest guesser had 10.99 %.",
    "darkness": "Exactly the published figure: nothing is random in it.",
    "nearest-mean": "Ten mean images read 82 %: most of what a first epoch of a network reads is in the "
    "means.",
    "svm": "94.34 %, a hundredth of a point from what note 001 and chapter 1 report, and 0.14 from the "
    "figure of chapter 3. Today's default, which scales γ by the variance of the pixels, reads 97.85 % and "
    "keeps 11,125 support vectors instead of 17,336.",
    "svm-tuned": "The search on 5,000 images chose C = 3 and γ = 0.03 and judged them at 95.96 %; fitted on "
    "50,000 images they read 98.44 % of the test images, within the rounding of the 98.5 % published.",
    "ce-30": "Reproduced: 95.37 ± 0.19 % at the best test epoch, against 95.49, and 95.23 % at the last.",
    "ce-100": "Reproduced: 96.77 ± 0.15 % at the best test epoch, against 96.82 published, and 96.68 % at "
    "the last. Compare ch1-100, the same network and start with the quadratic cost.",
    "data-size": "The network reads 93.38 ± 0.33 % with 5,000 images; the book has 93.24. It is ahead of "
    "the support vector machine with default settings at every size up to 10,000, most of all with 100 "
    "images: 72 against 25 %. From 5,000 images on, ten times as many gain 2.4 points.",
    "early-stopping": "Waiting for 5 epochs without progress spends 15 epochs instead of 60 and loses 0.28 "
    "± 0.03 points; waiting for 10 spends 28 and loses 0.11 ± 0.17. The best of 60 epochs is partly luck: "
    "the curve goes up and down by some tenths of a point.",
    "expanded-data": "The same number of steps on five times as many images: 98.15 instead of 97.62 %, a "
    "gain of 0.53 ± 0.04 points, and the gap between training and test images shrinks from 1.5 to 0.5 "
    "points. Nothing that the network could learn by heart was added, only that a digit stays a digit when "
    "it moves by a pixel.",
    "search-by-hand": "Fourteen short trainings find a rate between 0.5 and 1, and settings that read 95.56 "
    "± 0.24 % of the test images.",
    "search-optuna": "Twenty-four drawn trials read 95.65 ± 0.37 %, no more than the 14 trials of the "
    "recipe, within the spread: with three settings and a good order to try them in, a person does as well.",
    "init": "Reproduced in all four figures. N(0, 1/fan_in) saves about five points in the first epoch; "
    "after 30 epochs a quarter of a point is left between the two, hardly more than the spread.",
    "rate-range": "The loss is least near a rate of 0.7 and has doubled at 3.5. Of the rates of chapter 3, "
    "0.25 comes to the least loss, 0.223; 2.5 ends at 0.565 and 0.025 is still on its way at 0.279, as the "
    "book shows.",
    "schedules": "Shrinking the rate gains more than anything else tried at this size: 96.48 % when halved "
    "on a stall, 96.64 % along half a cosine, 95.80 % at a constant rate, from the same start in as many "
    "epochs.",
    "optimizer-rates": "Plain descent wants a rate of 0.3 to 1, momentum a tenth of that, RMSProp and both "
    "Adams a hundredth: 0.003. Each at its best, all lie within 0.7 points of each other after two epochs.",
    "optimizers": "Each at its own rate, the six that step after every batch end within 0.4 points, no more "
    "than the widest of their spreads: here a cleverer step gains nothing over plain descent, and costs up "
    "to 1.8 times its time. L-BFGS went through the images 122 times for 95.07 %.",
    "overfit": "Reproduced: all 1,000 training images and 82.6 ± 0.9 % of the test images. The test loss is "
    "lowest after 17 epochs and climbs by almost half while accuracy hardly moves.",
    "overfit-l2": "The published 87.1 % is within the spread of 87.67 ± 0.31 at the best epoch. The "
    "training images are still all learnt, but the test loss is half of that without decay and does not "
    "climb.",
    "full-gap": "Reproduced: 97.89 ± 0.15 % of the training images and 95.23 ± 0.29 % of the test images, a "
    "gap of 2.7 points where 1,000 images left one of 17.",
    "overfit-remedies": "On 1,000 images dropout, a narrower start, L2 and shifted images gain about five "
    "points each, L1 four. That the narrow start alone does as much as L2 says what L2 mostly does here: it "
    "forgets a start that was too wide. Stopping early gains nothing, because test accuracy hardly falls, "
    "only the test loss rises. Every remedy still learns all training images.",
    "slowdown": "The quadratic cost does what the book says. Cross-entropy at the printed rate of 0.005 "
    "does not bring the output near 0 in 300 epochs: its steps are at most 0.01 long in z, so that from z = "
    "4 the output is still 0.78, and only the shape of the cost curve makes the point. At the rate of the "
    "quadratic cost it comes to 0.01. The animation on the book's page reaches 0.05 at a rate of 0.005 "
    "because it does not step along the gradient that the text derives, a − y, but along 1 / (1 − a), the "
    "derivative by the output, which at the second start is 57 times as long; followed here, that rule gives "
    "the curve marked as the animation's.",
    "l2-30": "The published 96.49 lies 2.4 standard deviations above our mean of 96.15 ± 0.14 % at the best "
    "test epoch. The start is not the reason: from N(0, 1/fan_in) it is 96.15 ± 0.16 as well. At the rate of "
    "0.5 accuracy swings by some tenths from epoch to epoch, which is what a best epoch picks from; at a "
    "fifth of the rate the experiment init ends at 96.43 ± 0.15 % of the validation images, and by shrinking "
    "the rate the experiment schedules ends at 96.64 ± 0.08 % of the test images. So the figure is within "
    "the network's reach, but not typical of a run with these settings.",
    "l2-100": "97.74 ± 0.08 % of the validation images at the best epoch, 97.49 ± 0.19 at the last; the "
    "published 97.92 is one of the better epochs of one run, within the tolerance. Without decay (ce-100) "
    "the last epoch has 96.86 %.",
    "l2-100-long": "97.93 ± 0.08 % of the validation images at the best epoch; the published 98.04 lies "
    "within two standard deviations. At the last epoch it is 97.87 %.",
    "depth-accuracy": "All four figures are reproduced, and so is the lesson: a second hidden layer gains "
    "half a point, a third and a fourth lose it again.",
    "speed-start": "All nine published lengths lie within two standard deviations of ours over 20 starts. "
    "From layer to layer the speed changes by about a factor of five, so that with four hidden layers the "
    "last is 125 times as fast as the first.",
    "speed-curves": "At the start the last of four hidden layers learns 103 ± 26 times as fast as the "
    'first, which is the book\'s "about 100"; on average over the 500 epochs it is 66 ± 12 times. The '
    "rebound that the book's curves show is there with two hidden layers; with three and four the curves "
    "stay low for all 500 epochs.",
    "neurons-and-bars": "The picture of the notes and the book: in the last of two hidden layers the bars "
    "are 4.8 times as long on average, but not every bar; in 83 of 100 pairs.",
    "remedies-speed": "Eight plain sigmoid layers slow the second down 16,000-fold against the last. Batch "
    "norm and tanh with Xavier's start bring the ratio to 1, He's start with ReLU to about a half, residual "
    "blocks to a quarter: all of them enough to learn by, as remedies-accuracy shows.",
    "remedies-accuracy": "Plain sigmoid layers learn nothing from four hidden layers on, in three epochs. "
    "ReLU and its kin with He's start hold to 16 layers, and only batch norm (80.7 %) and residual blocks "
    "(87.5 %) reach 32. The residual network loses two points between 2 and 32 layers.",
    "chain-product": "The product of the notes and the book is what backpropagation computes, to rounding. "
    "81 % of the factors are under 1/4 with a standard start, and the first bias learns 89 times slower than "
    "the third.",
    "chain-exploding": "The factor is 25 to all digits, and fragile: an input that moves by 0.000007 lets "
    "the first gradient fall below the last. Exploding takes care to arrange; vanishing does not.",
    "chain-saturation": "Weights 200 times as large leave 94 % of sigmoid and 98 % of tanh neurons flat. "
    "The gradient still grows by 7 and 3 powers of ten, far less than the 16 that the weights alone would "
    "bring: saturation eats most of the explosion.",
    "chain-cures": "Each cure fits one illness. Clipping rescues the network whose gradient explodes (74 "
    "instead of 10 %) and does nothing for the saturated one; L2 rescues the saturated one (51 instead of 12 "
    "%) and is too slow for the explosion.",
    "chain-interval": "The book's problem, by formula and by search: |wσ'| can reach 1 only from |w| = 4 "
    "on, in an interval never wider than 0.45, at |w| = 6.9.",
    "four-equations": "Each of the four equations agrees with measured derivatives to ten digits. With σ' "
    "left out, BP2 would be wrong several times over.",
    "why-fast": "One gradient costs two forward passes, as the book estimates. Changing 79,510 parameters "
    "one by one would cost 40,000 times as long.",
    "perturbation": "The change that backpropagation predicts is right to first order, with an error that "
    "falls as Δ itself until rounding takes over; and the sum over all 24 paths of a small network is ∂C/∂w, "
    "as the book's picture says.",
    "valley": "The largest rate that still leads down is the one that theory gives, 2 over the steepest "
    "curvature. A twentieth of it crawls; a little more than it climbs out of the valley.",
    "best-direction": "Of 15,000 random directions none lowered the cost of a real network as much as the "
    "gradient; in 1,000 dimensions the luckiest came to 14 % of it. Random directions are nearly at right "
    "angles to the gradient, the more so the more dimensions there are.",
    "mini-batch-noise": "One over the square root, to two digits, at the start and after an epoch. At the "
    "start one image is a better guide than its noise; after an epoch it takes some 550 images to have as "
    "much signal as noise, and batches of ten still train well.",
    "conv-none": "Between 97.55 and 97.65 % at the best validation epoch, the 38th to the 52nd of 60. The "
    "book reports the best of three runs by validation, and of ours that one has 97.59 %, so it is not the "
    "choice.",
    "conv-one": "98.64 ± 0.09 % after 20 epochs, still climbing in two runs of three: a point more than "
    "without a convolution. The book reports 98.78 after 60.",
    "conv-two": "98.98 ± 0.05 % at the best validation epoch of 20, 99.04 ± 0.02 at the last. The second "
    "convolution brings a third of a point; the first brought one.",
    "conv-relu": "One seed so far: 99.18 % at the best validation epoch, the 19th of 20, and 99.27 after "
    "the last. The book reports 99.23 after 60.",
    "conv-shifts": "One seed so far: validation chose the first of two epochs of 250,000 images, with "
    "98.97 % of the test images; after the second it was 99.27, half the steps of conv-relu's 20 epochs, "
    "which came to the same.",
    "conv-300": "One seed so far: 99.19 % after two epochs of 250,000 images, half of the 20 epochs' "
    "steps that conv-relu has, and as much as that.",
    "conv-1000": "One seed so far: 99.21 % after two epochs of 250,000 images, 0.02 points more than with "
    "300 neurons: two images of 10,000.",
    "conv-100-100": "One seed so far: 99.17 % after two epochs of 250,000 images. All four rows of wider "
    "and deeper layers that have been run lie within 0.05 points.",
    "conv-300-300": "One seed so far: 99.18 % after two epochs of 250,000 images, one image fewer than with "
    "one layer of 300.",
    "conv-1000-1000": "Only the quick form has been run so far, one seed: 65.0 % of 200 test images after "
    "two epochs of 150 images and their shifts, with 300 neurons in each layer.",
    "conv-dropout": "One seed so far: 99.16 % after two epochs of 250,000 images, no more than conv-relu "
    "has after 20 of 50,000, which are twice as many steps. The book's 99.60 took 40 epochs.",
    "conv-vote": "One seed so far: five networks of three epochs each read 98.57 % on average, and 98.91 "
    "when they vote: a quarter of the mistakes is gone. Two epochs of 250,000 images, as in conv-dropout, "
    "are worth more than a vote.",
    "conv-filters": "One seed so far: neighbouring weights of a filter correlate by −0.09 at the start "
    "and by 0.52 after training. Ten of the twenty filters have become edges and stripes; the other ten "
    "have hardly moved, and their maps of a 7 are empty.",
    "without-descent": "One seed so far: plain descent on 30 hidden neurons 96.42 %, L-BFGS on the same "
    "network 96.45, nearest neighbours 96.94, least squares on 1,000 random features 94.40, on 3,000 "
    "96.36 and on 8,000 97.29 %: what needs no descent at all comes out ahead, and takes 25 MB where the "
    "network takes 0.1.",
    "first-layer": "Where there is never ink the gradient is 0, so without L2 the start stays as it was, "
    "and with it exactly e^−2.5 = 8.2 % are left. L2 makes the weights of neighbouring pixels more alike, "
    "0.77 against 0.70, and reads 0.3 points fewer test images after these 10 epochs.",
    "hardest-digits": "Of the 20 surest mistakes three or four bear a label that people dispute. Several of "
    "the others are sevens with a bar, read as twos.",
    "confidence": "The network knows roughly when it may be wrong: refusing the least certain 5 % of the "
    "images takes accuracy from 97.33 to 99.06 %. But 13.6 ± 2.3 % of its mistakes are made with more than "
    "90 % confidence.",
    "writing-style": "Thin, faint and slanted digits are read worst: 95.7 % of the fifth with the least "
    "ink, 98.3 % of the middle, 96.2 and 96.4 % of those that lean furthest left and right.",
}

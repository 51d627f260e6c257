# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""One epoch of plain gradient descent through fully connected sigmoid layers, compiled."""

from libc.math cimport expf
from libc.string cimport memcpy
from scipy.linalg.cython_blas cimport sgemm

import numpy as np

cdef enum:
    WIDTH = 32  # neurons whose sums stay in the processor's registers while an image's pixels pass


cdef void product(char* left_form, char* right_form, int m, int n, int k, float factor, float* left,
                  int left_step, float* right, int right_step, float keep, float* result) noexcept:
    """result ← keep · result + factor · left right, read as BLAS does: column after column."""
    sgemm(left_form, right_form, &m, &n, &k, &factor, left, &left_step, right, &right_step, &keep, result, &m)


cdef class Network:
    """Weights ``(to, from)`` and biases, each layer after layer on one line; rates; room for one batch.

    Room is neuron by neuron: ``activations`` hold z, then a; ``errors`` hold g = ∂C/∂z.
    """

    cdef readonly float[::1] weights, biases
    cdef int[::1] sizes
    cdef float[::1] activations, errors
    cdef float rate, bias_rate, keep
    cdef bint cross_entropy

    def __init__(self, sizes, float[::1] weights, float[::1] biases, int batch, float rate, float bias_rate,
                 float keep, bint cross_entropy):
        self.sizes, self.weights, self.biases = np.array(sizes, np.intc), weights, biases
        self.activations, self.errors = np.empty((2, batch * sum(sizes[1:])), np.float32)
        self.rate, self.bias_rate, self.keep, self.cross_entropy = rate, bias_rate, keep, cross_entropy

    cdef void step(self, int rows, float[:, ::1] targets, const long[::1] order, int start) noexcept:
        """From the first layer's w x to its g; steps everything but its weights."""
        cdef float* a = &self.activations[0]
        cdef float* g = &self.errors[0]
        cdef float* b = &self.biases[0]
        cdef float* w = &self.weights[0] + self.sizes[0] * self.sizes[1]
        cdef int layer, row, i, before, here = self.sizes[1], last = self.sizes.shape[0] - 1
        for layer in range(1, last + 1):
            if layer > 1:
                before, here = here, self.sizes[layer]
                product(b"N", b"N", rows, here, before, 1, a, rows, w, before, 0, a + rows * before)
                w, a, g, b = w + before * here, a + rows * before, g + rows * before, b + before
            for i in range(here):
                for row in range(rows):
                    a[i * rows + row] = 1 / (1 + expf(-a[i * rows + row] - b[i]))
        for i in range(here):
            for row in range(rows):
                g[i * rows + row] = a[i * rows + row] - targets[order[start + row], i]
        for i in range(0 if self.cross_entropy else rows * here):
            g[i] *= a[i] * (1 - a[i])
        for layer in range(last, 0, -1):
            here, before = self.sizes[layer], self.sizes[layer - 1]
            for i in range(here):
                for row in range(rows):
                    b[i] -= self.bias_rate / rows * g[i * rows + row]
            if layer > 1:
                w, a, b = w - before * here, a - rows * before, b - before
                product(b"N", b"T", rows, before, here, 1, g, rows, w, before, 0, g - rows * before)
                product(b"T", b"N", before, here, rows, -self.rate / rows, a, rows, g, rows, self.keep, w)
                g -= rows * before
                for i in range(rows * before):
                    g[i] *= a[i] * (1 - a[i])

    def epoch(self, const float[:, ::1] images, float[:, ::1] targets, const long[::1] order, int batch):
        """Train on every image in this order.

        The first layer's weights are scale · w, so that weight decay does not go over them.
        """
        cdef int start, row, rows, inputs = self.sizes[0], hidden = self.sizes[1]
        cdef float[:, ::1] x = np.empty((batch, inputs), np.float32)
        cdef float scale = 1
        cdef float* w = &self.weights[0]
        cdef float* z = &self.activations[0]
        cdef float* g = &self.errors[0]
        for start in range(0, order.shape[0], batch):
            rows = min(batch, order.shape[0] - start)
            for row in range(rows):
                memcpy(&x[row, 0], &images[order[start + row], 0], inputs * sizeof(float))
            product(b"T", b"N", rows, hidden, inputs, scale, &x[0, 0], inputs, w, inputs, 0, z)
            self.step(rows, targets, order, start)
            scale *= self.keep
            product(b"N", b"N", inputs, hidden, rows, -self.rate / rows / scale,
                    &x[0, 0], inputs, g, rows, 1, w)
        np.asarray(self.weights)[: inputs * hidden] *= scale

    def epoch_of_single_images(self, const float[:, ::1] images, float[:, ::1] targets,
                               const long[::1] order):
        """The same with batches of one image and without weight decay.

        w is ``(from, to)``, one width of neurons after another; each row of it is corrected for the image
        before and multiplied by the next while it is at hand.
        """
        cdef int start, i, k, block, inputs = self.sizes[0], hidden = self.sizes[1], count = order.shape[0]
        cdef int blocks = (hidden + WIDTH - 1) // WIDTH
        cdef float sums[WIDTH]
        cdef float steps[WIDTH]
        cdef float old, new
        cdef const float* x = &images[0, 0]
        cdef const float* before
        cdef float* line
        given = np.asarray(self.weights)[: inputs * hidden].reshape(hidden, inputs)
        padded = np.zeros((blocks * WIDTH, inputs), np.float32)
        padded[:hidden] = given
        cdef float[:, :, ::1] w = padded.reshape(blocks, WIDTH, inputs).transpose(0, 2, 1).copy()
        np.asarray(self.errors)[:] = 0
        for start in range(count + 1):
            before, x = x, &images[order[min(start, count - 1)], 0]
            for block in range(blocks):
                for i in range(WIDTH):
                    sums[i], steps[i] = 0, 0
                for i in range(min(WIDTH, hidden - block * WIDTH)):
                    steps[i] = -self.rate * self.errors[block * WIDTH + i]
                for k in range(inputs):
                    line, old, new = &w[block, k, 0], before[k], x[k]
                    for i in range(WIDTH):
                        line[i] += old * steps[i]
                        sums[i] += new * line[i]
                for i in range(min(WIDTH, hidden - block * WIDTH)):
                    self.activations[block * WIDTH + i] = sums[i]
            if start < count:
                self.step(1, targets, order, start)
        given[:] = np.asarray(w).transpose(0, 2, 1).reshape(-1, inputs)[:hidden]

    def epoch_skipping(self, const long[::1] starts, const unsigned short[::1] places,
                       const float[::1] values, const float[::1] sums, float shift,
                       float[:, ::1] targets, const long[::1] order, int batch):
        """The same; image e is ``shift`` everywhere and ``values`` more at ``places``, from ``starts[e]`` on.

        ``sums[e]`` is the sum of these values. What befalls all weights of a neuron alike is kept apart: the
        weights are scale · (w + common), w being ``(from, to)``; total is the sum of a neuron's w.
        """
        cdef int start, row, rows, i, block, inputs = self.sizes[0], hidden = self.sizes[1]
        cdef int blocks = (hidden + WIDTH - 1) // WIDTH
        cdef float local[WIDTH]
        cdef float x, scale = 1, factor
        cdef float* line
        cdef long at, image
        given = np.asarray(self.weights)[: inputs * hidden].reshape(hidden, inputs)
        padded = np.zeros((inputs, blocks * WIDTH), np.float32)
        padded[:, :hidden] = given.T
        cdef float[:, ::1] w = padded
        cdef float[::1] common = np.zeros(hidden, np.float32), total = given.sum(axis=1)
        for start in range(0, order.shape[0], batch):
            rows = min(batch, order.shape[0] - start)
            for row in range(rows):
                image = order[start + row]
                for block in range(blocks):
                    for i in range(WIDTH):
                        local[i] = 0
                    for at in range(starts[image], starts[image + 1]):
                        x, line = values[at], &w[places[at], block * WIDTH]
                        for i in range(WIDTH):
                            local[i] += x * line[i]
                    for i in range(block * WIDTH, min(hidden, (block + 1) * WIDTH)):
                        x = local[i - block * WIDTH] + shift * total[i]
                        x += (sums[image] + inputs * shift) * common[i]
                        self.activations[i * rows + row] = scale * x
            self.step(rows, targets, order, start)
            scale *= self.keep
            factor = self.rate / rows / scale
            for row in range(rows):
                image = order[start + row]
                for block in range(blocks):
                    for i in range(WIDTH):
                        local[i] = 0
                    for i in range(block * WIDTH, min(hidden, (block + 1) * WIDTH)):
                        x = factor * self.errors[i * rows + row]
                        local[i - block * WIDTH] = x
                        common[i] -= shift * x
                        total[i] -= sums[image] * x
                    for at in range(starts[image], starts[image + 1]):
                        x, line = values[at], &w[places[at], block * WIDTH]
                        for i in range(WIDTH):
                            line[i] -= x * local[i]
        given[:] = scale * (padded[:, :hidden].T + np.asarray(common)[:, None])

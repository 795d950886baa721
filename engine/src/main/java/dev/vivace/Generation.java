package dev.vivace;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// An answer on its way. It is made whether or not anybody reads it; [#cancel] ends it. Safe for all threads;
/// its text can be streamed once, by [#stream] or [#publisher], and read as a whole any number of times.
public final class Generation {
    private static final Piece END = new Piece("", -1);

    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final Runnable cancel;
    private boolean streamed;

    Generation(Runnable cancel) {
        this.cancel = cancel;
    }

    void offer(Piece piece) {
        pieces.add(piece);
    }

    void complete(Answer finished) {
        answer.complete(finished);
        pieces.add(END);
    }

    void fail(RuntimeException cause) {
        answer.completeExceptionally(cause);
        pieces.add(END);
    }

    /// Waits for the end and returns the whole answer.
    ///
    /// @throws VivaceException if it failed
    public Answer answer() {
        try {
            return answer.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failure;
        }
    }

    /// Waits for the end and returns all text.
    ///
    /// @throws VivaceException if it failed
    public String text() {
        return answer().text();
    }

    /// Whether the answer has ended.
    public boolean isDone() {
        return answer.isDone();
    }

    /// Ends the answer before its next token; what was made so far stays. Does not wait.
    public void cancel() {
        cancel.run();
    }

    /// The answer's text as it comes. Closing the stream cancels what is not made yet.
    ///
    /// @throws IllegalStateException if the answer is streamed already
    public Stream<Piece> stream() {
        claim();
        Iterator<Piece> iterator = new Pieces();
        int traits = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator, traits), false)
                .onClose(this::cancel);
    }

    /// The answer's text for one subscriber, at its own pace. Cancelling the subscription cancels what is not
    /// made yet.
    ///
    /// @throws IllegalStateException on subscribing, if the answer is streamed already
    public Flow.Publisher<Piece> publisher() {
        return this::publish;
    }

    private void publish(Flow.Subscriber<? super Piece> subscriber) {
        claim();
        SubmissionPublisher<Piece> publisher =
                new SubmissionPublisher<>(Executors.newVirtualThreadPerTaskExecutor(), Flow.defaultBufferSize());
        publisher.subscribe(subscriber);
        Thread.ofVirtual().name("vivace-publisher").start(() -> feed(publisher));
    }

    private void feed(SubmissionPublisher<Piece> publisher) {
        try {
            Iterator<Piece> iterator = new Pieces();
            while (iterator.hasNext()) {
                publisher.submit(iterator.next());
                if (!publisher.hasSubscribers()) {
                    cancel();
                    return;
                }
            }
            publisher.close();
        } catch (RuntimeException failure) {
            publisher.closeExceptionally(failure);
        }
    }

    private synchronized void claim() {
        if (streamed) {
            throw new IllegalStateException("the answer is streamed already");
        }
        streamed = true;
    }

    /// Pieces until the end; then the failure, if there was one.
    private final class Pieces implements Iterator<Piece> {
        private @Nullable Piece next;

        @Override
        public boolean hasNext() {
            if (next == null) {
                next = take();
            }
            if (next == END) {
                answer();
                return false;
            }
            return true;
        }

        @Override
        public Piece next() {
            Piece taken = hasNext() ? next : null;
            if (taken == null) {
                throw new NoSuchElementException("the answer has ended");
            }
            next = null;
            return taken;
        }

        private Piece take() {
            try {
                return pieces.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                cancel();
                throw new CancelledException("interrupted while waiting for the answer", e);
            }
        }
    }
}

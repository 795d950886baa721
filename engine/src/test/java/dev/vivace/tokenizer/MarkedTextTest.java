package dev.vivace.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class MarkedTextTest {
    @Test
    void partsKeepWhoWroteThem() {
        MarkedText text =
                MarkedText.trusted("<s>").plus(MarkedText.literal("a😀")).plus(MarkedText.trusted("."));
        assertThat(text.text()).isEqualTo("<s>a😀.");
        assertThat(text.literal().stream()).containsExactly(3, 4, 5);
        assertThat(text.parts())
                .containsExactly(MarkedText.trusted("<s>"), MarkedText.literal("a😀"), MarkedText.trusted("."));
        assertThat(MarkedText.trusted("").parts()).isEmpty();
    }

    @Test
    void marksAreCopiedInAndOut() {
        BitSet marks = new BitSet();
        MarkedText text = new MarkedText("ab", marks);
        marks.set(0);
        text.literal().set(1);
        assertThat(text).isEqualTo(MarkedText.trusted("ab"));
    }

    @Test
    void marksBeyondTheTextAreRefused() {
        BitSet marks = new BitSet();
        marks.set(2);
        assertThatThrownBy(() -> new MarkedText("ab", marks)).isInstanceOf(IllegalArgumentException.class);
    }
}

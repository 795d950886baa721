package dev.vivace.chat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/// Any bytes as a template; the seeds beside this class in the resources are the start of a fuzzing run.
class ChatTemplateFuzzTest {
    @FuzzTest
    void anyTextGivesTextOrOneSentence(byte[] bytes) {
        HostileTemplateTest.check(new String(bytes, StandardCharsets.UTF_8));
    }
}

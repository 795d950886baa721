/// Chat templates: from messages to the text that a model was trained on.
///
/// [dev.vivace.chat.ChatTemplate] is parsed from the template that a model's file carries and renders
/// [dev.vivace.chat.Message]s under [dev.vivace.chat.ChatOptions] into text that remembers which characters
/// users wrote.
package dev.vivace.chat;

/// The template language of chat templates: a subset of Jinja with Python's meaning of values, as chat
/// templates use it.
/// Not exported. [dev.vivace.chat.jinja.JinjaTemplate] is the way in: `Lexer` cuts a template into tokens,
/// `StmtParser`,
/// `ExprParser` and `OperandParser` make `Stmt` and `Expr`, and `Renderer` with `Evaluator` carry them out on
/// `Value`s.
/// Strings are `Text`, which remember for each character whether a user wrote it. `Evaluation` holds every limit.
package dev.vivace.chat.jinja;

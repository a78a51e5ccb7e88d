using Microsoft.Extensions.Logging;

namespace Strata.Hosting.Logging;

/// <summary>One thing that was logged.</summary>
/// <param name="Values">What the message was made of, by name; <c>{OriginalFormat}</c> is its template.</param>
internal readonly record struct LogRecord(
    DateTimeOffset Time, LogLevel Level, string Category, EventId EventId, string Message, IReadOnlyList<KeyValuePair<string, object?>> Values, Exception? Error);

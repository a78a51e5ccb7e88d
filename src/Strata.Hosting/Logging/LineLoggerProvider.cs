using Microsoft.Extensions.Logging;

namespace Strata.Hosting.Logging;

/// <summary>Writes log records to a text, as people or as programs like to read them. Thread-safe.</summary>
/// <remarks>A record that cannot be written, because the disk is full, is lost: whoever logs must not fail for it. The next line that can be written says how many were.</remarks>
/// <param name="output">Where lines go; disposed with the provider.</param>
/// <param name="least">Records below this level are dropped.</param>
public sealed class LineLoggerProvider(TextWriter output, LogLevel least, TimeProvider clock, LogFormat format = LogFormat.Text) : ILoggerProvider
{
    private readonly Lock _lock = new(); // Guards output, so that lines of several threads do not mix, and what follows.
    private readonly ILogWriter _writer = format == LogFormat.Json ? new JsonLogWriter() : new TextLogWriter();
    private int _lost;
    private string _problem = "";

    private LogLevel Least { get; } = least;

    private TimeProvider Clock { get; } = clock;

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    public void Dispose()
    {
        try
        {
            output.Dispose();
        }
        catch (IOException error)
        {
            Note(error); // Nobody is left to read it.
        }
    }

    private void Write(in LogRecord record)
    {
        lock (_lock)
        {
            try
            {
                if (_lost > 0)
                {
                    var message = $"{_lost} records before this one could not be written: {_problem}";
                    _writer.Write(output, new LogRecord(record.Time, LogLevel.Warning, nameof(LineLoggerProvider), default, message, [], null));
                    output.Flush();
                    _lost = 0;
                }

                _writer.Write(output, record);
                output.Flush();
            }
            catch (IOException failure)
            {
                Note(failure);
            }
        }
    }

    private void Note(IOException failure) => (_lost, _problem) = (_lost + 1, failure.Message);

    private sealed class LineLogger(LineLoggerProvider owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= owner.Least && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                var values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
                owner.Write(new LogRecord(owner.Clock.GetUtcNow(), logLevel, category, eventId, formatter(state, exception), values, exception));
            }
        }
    }
}

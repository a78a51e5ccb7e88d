using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Strata.Hosting.Logging;

/// <summary>Writes one line per log record: time, level, category, message, and the exception where there is one. Thread-safe.</summary>
/// <remarks>A record that cannot be written, because the disk is full, is lost: whoever logs must not fail for it. The next line that can be written says how many were.</remarks>
/// <param name="output">Where lines go; disposed with the provider.</param>
/// <param name="least">Records below this level are dropped.</param>
public sealed class LineLoggerProvider(TextWriter output, LogLevel least, TimeProvider clock) : ILoggerProvider
{
    private readonly Lock _lock = new(); // Guards output, so that lines of several threads do not mix, and what follows.
    private int _lost;
    private string _problem = "";

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

    private void Write(LogLevel level, string category, string message, Exception? error)
    {
        var time = clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        lock (_lock)
        {
            try
            {
                if (_lost > 0)
                {
                    Line(time, LogLevel.Warning, nameof(LineLoggerProvider), $"{_lost} records before this one could not be written: {_problem}");
                    output.Flush();
                    _lost = 0;
                }

                Line(time, level, category, message);
                if (error is not null)
                {
                    output.WriteLine(error);
                }

                output.Flush();
            }
            catch (IOException failure)
            {
                Note(failure);
            }
        }
    }

    private void Note(IOException failure) => (_lost, _problem) = (_lost + 1, failure.Message);

    private void Line(string time, LogLevel level, string category, string message)
    {
        output.Write(time);
        output.Write(Short(level));
        output.Write(category);
        output.Write(": ");
        output.WriteLine(message.ReplaceLineEndings(" "));
    }

    private static string Short(LogLevel level) => level switch
    {
        LogLevel.Trace => " TRC ",
        LogLevel.Debug => " DBG ",
        LogLevel.Information => " INF ",
        LogLevel.Warning => " WRN ",
        _ => " ERR ",
    };

    private sealed class LineLogger(LineLoggerProvider owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= owner.Least && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                owner.Write(logLevel, category, formatter(state, exception), exception);
            }
        }
    }

    private LogLevel Least { get; } = least;
}

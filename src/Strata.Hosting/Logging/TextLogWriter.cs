using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Strata.Hosting.Logging;

/// <summary><c>2026-01-02T03:04:05.678Z INF Strata.Part: what happened</c>.</summary>
internal sealed class TextLogWriter : ILogWriter
{
    public void Write(TextWriter output, in LogRecord record)
    {
        output.Write(record.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        output.Write(Short(record.Level));
        output.Write(record.Category);
        output.Write(": ");
        output.WriteLine(record.Message.ReplaceLineEndings(" "));
        if (record.Error is not null)
        {
            output.WriteLine(record.Error);
        }
    }

    private static string Short(LogLevel level) => level switch
    {
        LogLevel.Trace => " TRC ",
        LogLevel.Debug => " DBG ",
        LogLevel.Information => " INF ",
        LogLevel.Warning => " WRN ",
        _ => " ERR ",
    };
}

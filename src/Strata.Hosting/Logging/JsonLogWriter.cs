using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Strata.Hosting.Logging;

/// <summary>One JSON object per line: <c>ts</c> (RFC 3339), <c>level</c>, <c>logger</c>, <c>event</c> (its number), <c>msg</c>, <c>err</c>, <c>trace</c> and <c>span</c> (W3C ids of the
/// trace it belongs to), and the message's values under their own names in camel case.</summary>
internal sealed class JsonLogWriter : ILogWriter
{
    private const string Template = "{OriginalFormat}";

    private static readonly HashSet<string> OwnNames = ["ts", "level", "logger", "event", "msg", "err", "trace", "span"];

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;

    // The log is read as text, never put into a page, so that quotes and umlauts may stay what they are.
    public JsonLogWriter() => _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    public void Write(TextWriter output, in LogRecord record)
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("ts"u8, record.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        _json.WriteString("level"u8, NameOf(record.Level));
        _json.WriteString("logger"u8, record.Category);
        if (record.EventId.Id != 0)
        {
            _json.WriteNumber("event"u8, record.EventId.Id);
        }

        _json.WriteString("msg"u8, record.Message);
        WriteValues(record.Values);
        if (record.Error is not null)
        {
            _json.WriteString("err"u8, record.Error.ToString());
        }

        if (Activity.Current is { } activity)
        {
            _json.WriteString("trace"u8, activity.TraceId.ToHexString());
            _json.WriteString("span"u8, activity.SpanId.ToHexString());
        }

        _json.WriteEndObject();
        _json.Flush();
        output.WriteLine(Encoding.UTF8.GetString(_buffer.WrittenSpan));
    }

    private void WriteValues(IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        foreach (var (name, value) in values)
        {
            if (name == Template)
            {
                continue;
            }

            var key = JsonNamingPolicy.CamelCase.ConvertName(name);
            _json.WritePropertyName(OwnNames.Contains(key) ? "_" + key : key);
            switch (value)
            {
                case null:
                    _json.WriteNullValue();
                    break;
                case bool flag:
                    _json.WriteBooleanValue(flag);
                    break;
                case int or long or short or byte:
                    _json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                    break;
                case double number when double.IsFinite(number):
                    _json.WriteNumberValue(number);
                    break;
                default:
                    _json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                    break;
            }
        }
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        _ => "error",
    };
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Strata.Api.Json;

/// <summary>Makes JSON numbers that convert: <c>JsonValue.Create(5)</c> refuses <c>GetValue&lt;long&gt;()</c>, a number that came from text does not, and
/// keeps its digits (1.50, 12345678901234567890) besides.</summary>
public static class JsonNumber
{
    // Ports, replica counts and seconds: the same small numbers again and again.
    private static readonly JsonElement[] Small = [.. Enumerable.Range(0, 257).Select(Element)];

    public static JsonValue Create(long value) =>
        JsonValue.Create((ulong)value < (ulong)Small.Length ? Small[value] : Element(value))!;

    /// <exception cref="ArgumentException"><paramref name="value"/> is infinite or not a number, which JSON cannot say.</exception>
    public static JsonValue Create(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentException($"{value.ToString(CultureInfo.InvariantCulture)} cannot be written in JSON", nameof(value));
        }

        return Math.Abs(value) < 1e15 && Math.Truncate(value) == value ? Create((long)value) : Parse(value.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>A number from its digits.</summary>
    /// <exception cref="JsonException"><paramref name="digits"/> is not a JSON number.</exception>
    public static JsonValue Parse(string digits)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(digits));
        reader.Read();
        return JsonValue.Create(JsonElement.ParseValue(ref reader))!;
    }

    internal static JsonValue Read(ref Utf8JsonReader reader) =>
        reader.ValueSpan.Length <= 3 && reader.TryGetInt64(out var value) && (ulong)value < (ulong)Small.Length
            ? JsonValue.Create(Small[value])!
            : JsonValue.Create(JsonElement.ParseValue(ref reader))!;

    private static JsonElement Element(int value) => Element((long)value);

    private static JsonElement Element(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        value.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
        var reader = new Utf8JsonReader(digits[..length]);
        reader.Read();
        return JsonElement.ParseValue(ref reader);
    }
}

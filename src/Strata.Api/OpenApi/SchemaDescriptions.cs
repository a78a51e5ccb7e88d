using System.IO.Compression;
using System.Text;

namespace Strata.Api.OpenApi;

/// <summary>The English text of every type and field, as <c>kubectl explain</c> shows it. About two megabytes once unpacked: load it to write documents, then
/// let go of it. Thread-safe.</summary>
public sealed class SchemaDescriptions
{
    private readonly byte[] _text;
    private readonly Dictionary<string, Range> _rows;

    private SchemaDescriptions(byte[] text, Dictionary<string, Range> rows)
    {
        _text = text;
        _rows = rows;
    }

    /// <summary>Unpacks the embedded texts (written by <c>eng/Strata.ModelGen -- descriptions</c>).</summary>
    public static SchemaDescriptions Load()
    {
        using var packed = typeof(SchemaDescriptions).Assembly.GetManifestResourceStream("descriptions.tsv.br")
            ?? throw new InvalidOperationException("the embedded table descriptions.tsv.br is missing");
        using var unpacked = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionMode.Decompress))
        {
            brotli.CopyTo(unpacked);
        }

        var text = unpacked.ToArray();
        var rows = new Dictionary<string, Range>(StringComparer.Ordinal);
        var position = 0;
        foreach (var line in text.AsSpan().Split((byte)'\n'))
        {
            var row = text.AsSpan()[line];
            if (!row.IsEmpty)
            {
                var type = row.IndexOf((byte)'\t');
                var field = type + 1 + row[(type + 1)..].IndexOf((byte)'\t');
                rows.Add(Encoding.UTF8.GetString(row[..field]), (position + field + 1)..(position + row.Length));
            }

            position += row.Length + 1;
        }

        return new SchemaDescriptions(text, rows);
    }

    /// <summary>Text about a type such as <c>core.v1.Pod</c>; null when there is none.</summary>
    public string? OfType(string type) => Text($"{type}\t");

    /// <summary>Text about a field; null when there is none.</summary>
    public string? OfField(string type, string jsonName) =>
        Text($"{type}\t{jsonName}") ?? (jsonName is "apiVersion" or "kind" ? Text($"meta.v1.TypeMeta\t{jsonName}") : null);

    private string? Text(string key) =>
        _rows.TryGetValue(key, out var row) ? Encoding.UTF8.GetString(_text.AsSpan()[row]).Replace("\\n", "\n", StringComparison.Ordinal) : null;
}

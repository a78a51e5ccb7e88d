using System.Text;

namespace Strata.Api.Models;

/// <summary>A JSON value kept as the bytes it came in, for fields whose content Strata does not interpret.</summary>
/// <param name="Utf8">UTF-8 JSON text; empty means not set.</param>
public readonly record struct RawJson(ReadOnlyMemory<byte> Utf8)
{
    public bool IsSet => !Utf8.IsEmpty;

    public override string ToString() => Encoding.UTF8.GetString(Utf8.Span);
}

using System.Text.Json;
using System.Threading.Channels;
using Strata.Pods.Runtime;

namespace Strata.Kubelet.Commands;

/// <summary>The sizes that a client's terminal takes, from its JSON: <c>{"Width":100,"Height":30}</c>.</summary>
internal sealed class TerminalResize
{
    private readonly Channel<TerminalSize> _sizes =
        Channel.CreateBounded<TerminalSize>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest }); // Only the latest matters.

    public ChannelReader<TerminalSize> Sizes => _sizes.Reader;

    public void Add(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            if (JsonElement.TryParseValue(ref reader, out var size)
                && size.Value is { ValueKind: JsonValueKind.Object } value
                && value.TryGetProperty("Width", out var width) && width.TryGetUInt16(out var columns)
                && value.TryGetProperty("Height", out var height) && height.TryGetUInt16(out var rows))
            {
                _sizes.Writer.TryWrite(new TerminalSize(columns, rows));
            }
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return; // A size that cannot be read leaves the terminal as it is.
        }
    }

    public void End() => _sizes.Writer.TryComplete();
}

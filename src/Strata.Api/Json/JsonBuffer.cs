using System.Buffers;
using System.Text.Json;
using Strata.Api.Models;

namespace Strata.Api.Json;

/// <summary>A writer and its buffer, kept per thread between uses so that encoding an object allocates its bytes and nothing else. Not thread-safe; each use is
/// between <see cref="Rent"/> and <see cref="Return"/> on one thread.</summary>
internal sealed class JsonBuffer
{
    // What one large object needed is not kept.
    private const int MaxKeptBytes = 64 * 1024;

    [ThreadStatic]
    private static JsonBuffer? _idle;

    private readonly ArrayBufferWriter<byte> _bytes = new(4096);

    private JsonBuffer() => Writer = new Utf8JsonWriter(_bytes, ModelJson.WriterOptions);

    public Utf8JsonWriter Writer { get; }

    public static JsonBuffer Rent()
    {
        var buffer = _idle ?? new JsonBuffer();
        _idle = null; // A use inside a use gets one of its own.
        return buffer;
    }

    /// <summary>What was written, valid until <see cref="Return"/>.</summary>
    public ReadOnlySpan<byte> Written()
    {
        Writer.Flush();
        return _bytes.WrittenSpan;
    }

    /// <summary>Gives the buffer back; not after an exception, which leaves the writer in the middle of something.</summary>
    public void Return()
    {
        if (_bytes.Capacity <= MaxKeptBytes)
        {
            _bytes.ResetWrittenCount();
            Writer.Reset();
            _idle = this;
        }
    }
}

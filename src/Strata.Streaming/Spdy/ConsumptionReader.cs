using System.Buffers;
using System.IO.Pipelines;

namespace Strata.Streaming.Spdy;

/// <summary>Passes a pipe on and tells how many bytes were consumed: what a window may grow by.</summary>
internal sealed class ConsumptionReader(PipeReader inner, Action<int> consumed) : PipeReader
{
    private ReadOnlySequence<byte> _current;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(cancellationToken);
        _current = read.Buffer;
        return read;
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
        {
            return false;
        }
        _current = result.Buffer;
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var length = (int)_current.Slice(0, consumed).Length;
        _current = default;
        inner.AdvanceTo(consumed, examined);
        OnConsumed(length);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private void OnConsumed(int length)
    {
        if (length > 0)
        {
            consumed(length);
        }
    }
}

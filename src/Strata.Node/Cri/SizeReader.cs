using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Strata.NodeAgent.Cri;

/// <summary>Terminal sizes in the CRI client's type.</summary>
internal sealed class SizeReader(ChannelReader<Strata.Pods.Runtime.TerminalSize> inner) : ChannelReader<Strata.Cri.Streaming.TerminalSize>
{
    public override Task Completion => inner.Completion;

    public override bool TryRead([MaybeNullWhen(false)] out Strata.Cri.Streaming.TerminalSize item)
    {
        var isRead = inner.TryRead(out var size);
        item = new Strata.Cri.Streaming.TerminalSize(Clamp(size.Width), Clamp(size.Height));
        return isRead;
    }

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => inner.WaitToReadAsync(cancellationToken);

    private static ushort Clamp(int value) => (ushort)Math.Clamp(value, 0, ushort.MaxValue);
}

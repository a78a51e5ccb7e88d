using System.Threading.Channels;

namespace Strata.Cri.Streaming;

/// <summary>What a remote command's process is connected to. Null leaves that side out.</summary>
public sealed record RemoteStreams
{
    /// <summary>Read to its end, which the process then sees as the end of its input.</summary>
    public Stream? Stdin { get; init; }

    public Stream? Stdout { get; init; }

    /// <summary>Not with <see cref="Tty"/>: a terminal has one output.</summary>
    public Stream? Stderr { get; init; }

    public bool Tty { get; init; }

    /// <summary>New sizes of the terminal; only with <see cref="Tty"/>.</summary>
    public ChannelReader<TerminalSize>? Resize { get; init; }

    internal bool WantsStderr => Stderr is not null && !Tty;
}

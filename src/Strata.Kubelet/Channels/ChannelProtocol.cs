namespace Strata.Kubelet.Channels;

/// <summary>A way to carry several streams over one WebSocket: the first byte of a message names its channel. Sources: apiserver <c>wsstream</c>, KEP-4006.</summary>
/// <param name="Name">The subprotocol; empty for a client that names none.</param>
/// <param name="HasStatus">Whether the end is always told, as a Status; otherwise only failures are, as text.</param>
/// <param name="IsBase64">Text messages: the channel as a digit, then base64.</param>
/// <param name="CanCloseStdin">Whether the client may say that its input has ended.</param>
internal sealed record ChannelProtocol(string Name, bool HasStatus, bool IsBase64, bool CanCloseStdin)
{
    public const byte Stdin = 0;
    public const byte Stdout = 1;
    public const byte Stderr = 2;
    public const byte Error = 3;
    public const byte Resize = 4;

    /// <summary>A message of the client whose next byte is the channel that it closes.</summary>
    public const byte Close = 255;

    // Best first.
    private static readonly ChannelProtocol[] All =
    [
        new("v5.channel.k8s.io", HasStatus: true, IsBase64: false, CanCloseStdin: true),
        new("v4.channel.k8s.io", HasStatus: true, IsBase64: false, CanCloseStdin: false),
        new("channel.k8s.io", HasStatus: false, IsBase64: false, CanCloseStdin: false),
        new("v4.base64.channel.k8s.io", HasStatus: true, IsBase64: true, CanCloseStdin: false),
        new("base64.channel.k8s.io", HasStatus: false, IsBase64: true, CanCloseStdin: false),
        new("", HasStatus: false, IsBase64: false, CanCloseStdin: false),
    ];

    /// <exception cref="KubeletException">Nothing of what the client offers is known here.</exception>
    public static ChannelProtocol Choose(IList<string> offered) =>
        All.FirstOrDefault(protocol => offered.Contains(protocol.Name))
        ?? (offered.Count == 0 ? All[^1] : throw KubeletException.BadRequest($"none of the offered protocols [{string.Join(", ", offered)}] is supported"));
}

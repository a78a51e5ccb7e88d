using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Strata.Network.Linux;

/// <summary>A netlink socket for one request at a time.</summary>
internal sealed unsafe partial class NetlinkSocket : IDisposable
{
    public const int Netfilter = 12;

    private const int AddressFamilyNetlink = 16;
    private const int TypeRaw = 3;
    private const int CloseOnExec = 0x80000;
    private const int SolSocket = 1;
    private const int ReceiveTimeout = 20;
    private const int Interrupted = 4;

    private readonly int _descriptor;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private uint _sequence;

    private NetlinkSocket(int descriptor)
    {
        _descriptor = descriptor;
    }

    /// <exception cref="Win32Exception">The kernel has no such protocol, or the process may not use it.</exception>
    public static NetlinkSocket Open(int protocol)
    {
        var descriptor = Socket(AddressFamilyNetlink, TypeRaw | CloseOnExec, protocol);
        if (descriptor < 0)
        {
            throw Failure("open");
        }
        // The kernel answers at once; the limit only guards against a request that it never answers.
        Span<long> seconds = [5, 0];
        fixed (long* timeout = seconds)
        {
            _ = SetOption(descriptor, SolSocket, ReceiveTimeout, timeout, 16);
        }
        return new NetlinkSocket(descriptor);
    }

    /// <summary>Sends a request and hands every message of the answer to <paramref name="onMessage"/>.</summary>
    /// <param name="request">Flags must ask for a dump or an acknowledgement, which ends the answer. The sequence number is set here.</param>
    /// <returns>0, or the error number the kernel answered with.</returns>
    public int Exchange(byte[] request, ReadOnlySpanAction onMessage)
    {
        MemoryMarshal.Write(request.AsSpan(8), ++_sequence);
        fixed (byte* data = request)
        {
            if (Send(_descriptor, data, (nuint)request.Length, 0) < 0)
            {
                throw Failure("send to");
            }
        }
        while (true)
        {
            var received = ReceiveOnce();
            var rest = _buffer.AsSpan(0, received);
            while (rest.Length >= 16)
            {
                var length = MemoryMarshal.Read<int>(rest);
                if (length < 16 || length > rest.Length)
                {
                    throw new InvalidDataException("The kernel sent a netlink message that is cut short.");
                }
                var message = rest[..length];
                rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
                switch (MemoryMarshal.Read<ushort>(message[4..]))
                {
                    case 2: // NLMSG_ERROR; 0 is an acknowledgement.
                        return -MemoryMarshal.Read<int>(message[16..]);
                    case 3: // NLMSG_DONE
                        return 0;
                    default:
                        onMessage(message);
                        break;
                }
            }
        }
    }

    public void Dispose() => _ = Close(_descriptor);

    public delegate void ReadOnlySpanAction(ReadOnlySpan<byte> message);

    private int ReceiveOnce()
    {
        fixed (byte* buffer = _buffer)
        {
            while (true)
            {
                var received = Receive(_descriptor, buffer, (nuint)_buffer.Length, 0);
                if (received >= 0)
                {
                    return (int)received;
                }
                if (Marshal.GetLastPInvokeError() != Interrupted)
                {
                    throw Failure("receive from");
                }
            }
        }
    }

    private static Win32Exception Failure(string verb)
    {
        var errno = Marshal.GetLastPInvokeError();
        return new Win32Exception(errno, $"Cannot {verb} a netlink socket: {Marshal.GetPInvokeErrorMessage(errno)}.");
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int descriptor, byte* data, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int descriptor, byte* data, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int descriptor, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}

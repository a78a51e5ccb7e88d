using System.Buffers.Binary;

namespace Strata.Network.Dns;

/// <summary>Writes an answer into a buffer: the header and question of the query, then records. On the hot path: no allocation.</summary>
/// <remarks>A record that does not fit sets the truncation bit and nothing is written after it (RFC 2181, 9).</remarks>
internal ref struct DnsMessageWriter
{
    private const int OptLength = 11;
    private const ushort QuestionPointer = 0xc000 | DnsConstants.HeaderLength;

    private readonly Span<byte> _buffer;
    private readonly int _limit;
    private readonly bool _edns;
    private int _answerCount;
    private int _authorityCount;
    private int _additionalCount;

    /// <param name="limit">Most bytes the answer may have, at most the buffer's length.</param>
    public DnsMessageWriter(Span<byte> buffer, int limit, ReadOnlySpan<byte> headerAndQuestion, bool edns)
    {
        _buffer = buffer;
        _edns = edns;
        _limit = limit - (edns ? OptLength : 0);
        headerAndQuestion.CopyTo(buffer);
        Length = headerAndQuestion.Length;
    }

    public int Length { get; private set; }

    public bool IsTruncated { get; private set; }

    /// <summary>Adds a record of the question's own name.</summary>
    public void AddAnswer(scoped ReadOnlySpan<byte> wire)
    {
        Span<byte> pointer = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(pointer, QuestionPointer);
        AddAnswer(pointer, wire);
    }

    /// <summary>Adds a record of another name, such as an alias's target.</summary>
    public void AddAnswer(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> wire)
    {
        if (TryWrite(name, wire))
        {
            _answerCount++;
        }
        else
        {
            IsTruncated = true;
        }
    }

    public void AddAuthority(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> wire)
    {
        if (TryWrite(name, wire))
        {
            _authorityCount++;
        }
    }

    /// <summary>Adds a record that only saves the client a question, if there is room.</summary>
    public void AddAdditional(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> wire)
    {
        if (TryWrite(name, wire))
        {
            _additionalCount++;
        }
    }

    /// <summary>Writes the header and the OPT record.</summary>
    /// <param name="code">RCODE; codes above 15 need EDNS.</param>
    /// <returns>The length of the message.</returns>
    public int Finish(int code, bool authoritative)
    {
        // QR, and RA: the server forwards what it does not own. OPCODE and RD stay as the client set them.
        _buffer[2] = (byte)((_buffer[2] & 0x79) | 0x80 | (authoritative ? 0x04 : 0) | (IsTruncated ? 0x02 : 0));
        _buffer[3] = (byte)(0x80 | (code & 0x0f));
        if (_edns)
        {
            var opt = _buffer.Slice(Length, OptLength);
            opt.Clear();
            BinaryPrimitives.WriteUInt16BigEndian(opt[1..], DnsConstants.TypeOpt);
            BinaryPrimitives.WriteUInt16BigEndian(opt[3..], DnsConstants.SafeUdpLength);
            opt[5] = (byte)(code >> 4);
            Length += OptLength;
            _additionalCount++;
        }
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[6..], (ushort)_answerCount);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[8..], (ushort)_authorityCount);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[10..], (ushort)_additionalCount);
        return Length;
    }

    private bool TryWrite(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> wire)
    {
        if (IsTruncated || Length + name.Length + wire.Length > _limit)
        {
            return false;
        }
        name.CopyTo(_buffer[Length..]);
        wire.CopyTo(_buffer[(Length + name.Length)..]);
        Length += name.Length + wire.Length;
        return true;
    }
}

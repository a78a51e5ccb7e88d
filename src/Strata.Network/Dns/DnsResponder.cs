using System.Buffers.Binary;

namespace Strata.Network.Dns;

/// <summary>Answers queries for the names of the cluster: a function from message to message, without sockets.</summary>
/// <remarks>Hot path: no allocation for a name in the table. Thread-safe.</remarks>
internal sealed class DnsResponder(DnsZone zone)
{
    private const int MaxAliases = 8;

    private int _turn;

    /// <summary>Writes the answer, or says what is needed for it.</summary>
    /// <param name="response">At least <see cref="DnsConstants.SafeUdpLength"/> bytes, for TCP <see cref="DnsConstants.MaxTcpLength"/>.</param>
    /// <param name="aliasAnswer">An upstream server's answer for the alias target, after <see cref="DnsOutcome.ResolveAlias"/>;
    /// empty: there is none yet.</param>
    /// <param name="length">The length of the answer when it is <see cref="DnsOutcome.Answered"/>.</param>
    public DnsOutcome Answer(
        ReadOnlySpan<byte> query, Span<byte> response, bool tcp, ReadOnlySpan<byte> aliasAnswer, out int length)
    {
        length = 0;
        if (query.Length < DnsConstants.HeaderLength || (query[2] & 0x80) != 0)
        {
            return DnsOutcome.Drop;
        }
        if ((query[2] & 0x78) != 0)
        {
            return Refuse(query, query.Length < 12 ? 0 : 12, response, DnsConstants.CodeNotImplemented, edns: false, out length);
        }
        if (!DnsQuestion.TryRead(query, out var question) || !DnsEdns.TryRead(query, question.End, out var edns))
        {
            return Refuse(query, DnsConstants.HeaderLength, response, DnsConstants.CodeFormatError, edns: false, out length);
        }
        if (edns.Version != 0)
        {
            return Refuse(query, question.End, response, DnsConstants.CodeBadVersion, edns: true, out length);
        }

        Span<byte> lower = stackalloc byte[DnsConstants.MaxNameLength];
        lower = lower[..question.Name.Length];
        DnsName.Lower(question.Name, lower);
        var node = zone.Table.Find(lower);
        // Names above the zone have names below them in the table too, but are not ours.
        var owned = node is { IsEmpty: false } || zone.Contains(lower) || zone.ContainsReverse(lower);
        if (!owned && question.Class is DnsConstants.ClassIn)
        {
            return DnsOutcome.Forward;
        }
        if (!owned || question.Type is DnsConstants.TypeAxfr or DnsConstants.TypeIxfr || question.Class is not (DnsConstants.ClassIn or DnsConstants.ClassAny))
        {
            return Refuse(query, question.End, response, DnsConstants.CodeRefused, edns.Present, out length);
        }

        var limit = tcp ? Math.Min(response.Length, DnsConstants.MaxTcpLength)
            : Math.Clamp(edns.PayloadLength, DnsConstants.ClassicUdpLength, DnsConstants.SafeUdpLength);
        var writer = new DnsMessageWriter(response, limit, query[..question.End], edns.Present);
        return Answer(ref writer, question.Type, lower, node, aliasAnswer, out length);
    }

    /// <summary>Writes the question that resolves the alias a query ended on.</summary>
    /// <param name="id">The message id for the upstream server.</param>
    /// <returns>Its length.</returns>
    public int AliasQuestion(ReadOnlySpan<byte> query, ushort id, Span<byte> message)
    {
        DnsQuestion.TryRead(query, out var question);
        Span<byte> lower = stackalloc byte[DnsConstants.MaxNameLength];
        lower = lower[..question.Name.Length];
        DnsName.Lower(question.Name, lower);
        ReadOnlySpan<byte> target = lower;
        for (var i = 0; i < MaxAliases && zone.Table.Find(target)?.Alias is { } alias; i++)
        {
            target = DnsRecord.Target(DnsConstants.TypeCname, alias);
        }
        message[..DnsConstants.HeaderLength].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        message[2] = 0x01; // RD
        message[5] = 1;
        target.CopyTo(message[DnsConstants.HeaderLength..]);
        var end = DnsConstants.HeaderLength + target.Length;
        BinaryPrimitives.WriteUInt16BigEndian(message[end..], question.Type);
        BinaryPrimitives.WriteUInt16BigEndian(message[(end + 2)..], DnsConstants.ClassIn);
        return end + 4;
    }

    /// <summary>An answer with nothing but a code: SERVFAIL when no upstream server answers.</summary>
    public static int Fail(ReadOnlySpan<byte> query, Span<byte> response, int code)
    {
        var edns = default(DnsEdns);
        var end = DnsConstants.HeaderLength;
        if (DnsQuestion.TryRead(query, out var question))
        {
            end = question.End;
            DnsEdns.TryRead(query, end, out edns);
        }
        Refuse(query, end, response, code, edns.Present, out var length);
        return length;
    }

    private DnsOutcome Answer(
        ref DnsMessageWriter writer, ushort type, scoped ReadOnlySpan<byte> name, DnsNode? node, scoped ReadOnlySpan<byte> aliasAnswer, out int length)
    {
        length = 0;
        ReadOnlySpan<byte> target = [];
        for (var i = 0; node?.Alias is { } alias && type is not (DnsConstants.TypeCname or DnsConstants.TypeAny); i++)
        {
            if (target.IsEmpty)
            {
                writer.AddAnswer(alias);
            }
            else
            {
                writer.AddAnswer(target, alias);
            }
            target = DnsRecord.Target(DnsConstants.TypeCname, alias);
            if (i == MaxAliases)
            {
                length = writer.Finish(DnsConstants.CodeServerFailure, authoritative: true);
                return DnsOutcome.Answered;
            }
            node = zone.Table.Find(target);
            if (node is null && !zone.Contains(target))
            {
                return AnswerOutsideAlias(ref writer, aliasAnswer, out length);
            }
        }

        var code = AddRecords(ref writer, type, target.IsEmpty ? name : target, isAlias: !target.IsEmpty, node);
        length = writer.Finish(code, authoritative: true);
        return DnsOutcome.Answered;
    }

    private static DnsOutcome AnswerOutsideAlias(ref DnsMessageWriter writer, scoped ReadOnlySpan<byte> aliasAnswer, out int length)
    {
        length = 0;
        if (aliasAnswer.IsEmpty)
        {
            return DnsOutcome.ResolveAlias;
        }
        var at = DnsQuestion.TryRead(aliasAnswer, out var question) ? question.End : aliasAnswer.Length;
        var count = aliasAnswer.Length >= DnsConstants.HeaderLength ? BinaryPrimitives.ReadUInt16BigEndian(aliasAnswer[6..]) : 0;
        Span<byte> name = stackalloc byte[DnsConstants.MaxNameLength];
        Span<byte> wire = stackalloc byte[DnsRecord.FixedLength + DnsConstants.MaxNameLength];
        for (var i = 0; i < count && DnsRecordReader.TryRead(aliasAnswer, ref at, out var record); i++)
        {
            var nameLength = DnsRecordReader.CopyName(aliasAnswer, record.NameOffset, name);
            var data = aliasAnswer.Slice(record.DataOffset, record.DataLength);
            aliasAnswer.Slice(record.DataOffset - DnsRecord.FixedLength, DnsRecord.FixedLength).CopyTo(wire);
            var dataLength = 0;
            if (record.Type is DnsConstants.TypeCname)
            {
                dataLength = DnsRecordReader.CopyName(aliasAnswer, record.DataOffset, wire[DnsRecord.FixedLength..]);
                BinaryPrimitives.WriteUInt16BigEndian(wire[8..], (ushort)dataLength);
            }
            else if (record.Type is DnsConstants.TypeA or DnsConstants.TypeAaaa && data.Length <= 16)
            {
                data.CopyTo(wire[DnsRecord.FixedLength..]);
                dataLength = data.Length;
            }
            if (nameLength > 0 && dataLength > 0)
            {
                writer.AddAnswer(name[..nameLength], wire[..(DnsRecord.FixedLength + dataLength)]);
            }
        }
        length = writer.Finish(aliasAnswer.Length >= DnsConstants.HeaderLength ? aliasAnswer[3] & 0x0f : DnsConstants.CodeServerFailure, authoritative: true);
        return DnsOutcome.Answered;
    }

    private int AddRecords(ref DnsMessageWriter writer, ushort type, scoped ReadOnlySpan<byte> name, bool isAlias, DnsNode? node)
    {
        var found = false;
        var exists = node is not null;
        if (node is not null)
        {
            found = AddEntries(ref writer, type, isAlias ? name : [], node);
        }
        else if (zone.TryReadPodName(name, out var address))
        {
            exists = true;
            if (address is not null && type == (address.Length == 4 ? DnsConstants.TypeA : DnsConstants.TypeAaaa))
            {
                AddPod(ref writer, name, isAlias, address);
                found = true;
            }
        }
        if (!found)
        {
            writer.AddAuthority(zone.Apex, zone.Soa.Wire); // RFC 2308, 3: it says how long "no" holds.
        }
        return exists ? DnsConstants.CodeNoError : DnsConstants.CodeNameError;
    }

    private static void AddPod(ref DnsMessageWriter writer, scoped ReadOnlySpan<byte> name, bool isAlias, byte[] address)
    {
        var record = DnsRecord.Address([], new System.Net.IPAddress(address));
        if (isAlias)
        {
            writer.AddAnswer(name, record.Wire);
        }
        else
        {
            writer.AddAnswer(record.Wire);
        }
    }

    private bool AddEntries(ref DnsMessageWriter writer, ushort type, scoped ReadOnlySpan<byte> aliasTarget, DnsNode node)
    {
        // Each answer begins with another record, since many clients use only the first.
        var entries = node.Entries;
        var turn = entries.Length > 1 ? (int)((uint)Interlocked.Increment(ref _turn) % (uint)entries.Length) : 0;
        var found = false;
        for (var i = 0; i < entries.Length; i++)
        {
            ref readonly var entry = ref entries[(i + turn) % entries.Length];
            if (entry.Type == type || type == DnsConstants.TypeAny)
            {
                found = true;
                if (aliasTarget.IsEmpty)
                {
                    writer.AddAnswer(entry.Wire);
                }
                else
                {
                    writer.AddAnswer(aliasTarget, entry.Wire);
                }
            }
        }
        if (type == DnsConstants.TypeSrv)
        {
            AddTargets(ref writer, entries);
        }
        return found;
    }

    private void AddTargets(ref DnsMessageWriter writer, ReadOnlySpan<DnsNode.Entry> entries)
    {
        foreach (ref readonly var entry in entries)
        {
            if (entry.Type != DnsConstants.TypeSrv)
            {
                continue;
            }
            var target = DnsRecord.Target(DnsConstants.TypeSrv, entry.Wire);
            foreach (ref readonly var address in (zone.Table.Find(target) ?? DnsNode.Empty).Entries)
            {
                if (address.Type is DnsConstants.TypeA or DnsConstants.TypeAaaa)
                {
                    writer.AddAdditional(target, address.Wire);
                }
            }
        }
    }

    private static DnsOutcome Refuse(
        ReadOnlySpan<byte> query, int questionEnd, Span<byte> response, int code, bool edns, out int length)
    {
        var writer = new DnsMessageWriter(response, DnsConstants.ClassicUdpLength, query[..questionEnd], edns);
        if (questionEnd == DnsConstants.HeaderLength)
        {
            response[4] = response[5] = 0; // Without the question.
        }
        length = writer.Finish(code, authoritative: false);
        return DnsOutcome.Answered;
    }
}

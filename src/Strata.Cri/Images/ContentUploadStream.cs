using Google.Protobuf;
using Grpc.Core;
using Strata.Cri.Containerd.Content;

namespace Strata.Cri.Images;

/// <summary>Sends what is written to it to containerd's content store, in messages of one megabyte, each answered before
/// the next is sent.</summary>
internal sealed class ContentUploadStream(
    AsyncDuplexStreamingCall<WriteContentRequest, WriteContentResponse> call, OciBlob blob, Dictionary<string, string> labels) : Stream
{
    private const int ChunkBytes = 1024 * 1024;

    private readonly byte[] _buffer = new byte[Math.Min(ChunkBytes, Math.Max(1, blob.Size))];
    private int _filled;
    private long _sent;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            if (_filled == _buffer.Length)
            {
                await SendAsync(WriteAction.Write, cancellationToken);
            }
            var count = Math.Min(buffer.Length, _buffer.Length - _filled);
            buffer[..count].CopyTo(_buffer.AsMemory(_filled));
            _filled += count;
            buffer = buffer[count..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Sends the rest and commits; containerd checks size and digest.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await SendAsync(WriteAction.Commit, cancellationToken);
        await call.RequestStream.CompleteAsync();
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("write asynchronously");

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async Task SendAsync(WriteAction action, CancellationToken cancellationToken)
    {
        var request = new WriteContentRequest
        {
            Action = action,
            Ref = "strata-import-" + blob.Digest,
            Total = blob.Size,
            Expected = blob.Digest,
            Offset = _sent,
            Data = UnsafeByteOperations.UnsafeWrap(_buffer.AsMemory(0, _filled)), // Serialised before WriteAsync returns.
            Labels = { labels },
        };
        await call.RequestStream.WriteAsync(request, cancellationToken);
        if (!await call.ResponseStream.MoveNext(cancellationToken))
        {
            throw new RpcException(new Status(StatusCode.Internal, "containerd ended the upload early"));
        }
        _sent += _filled;
        _filled = 0;
    }
}

using System.Collections.Concurrent;
using Strata.Api.Models;
using Strata.Client.Events;
using Strata.Pods;
using Strata.Pods.Images;
using Strata.Pods.Lifecycle;
using Strata.Pods.References;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Images;

/// <summary>Sees to it that images are here before their containers: pull policy, credentials, backoff, events. Thread-safe. Source: kubelet/images (behaviour and words).</summary>
internal sealed class ImageManager(IContainerRuntime runtime, IEventRecorder events, TimeProvider clock, int parallelPulls) : IDisposable
{
    private readonly SemaphoreSlim _pulls = new(parallelPulls);
    private readonly ConcurrentDictionary<(string PodUid, string Image), PullBackoff> _backoffs = new();

    /// <summary>Looks without pulling.</summary>
    /// <returns>The image, a fault, or neither when it must be pulled.</returns>
    public async Task<ImageOutcome> LookAsync(Pod pod, Container container, CancellationToken cancellationToken)
    {
        if (ImageReference.TryParse(container.Image) is not { } reference)
        {
            var message = $"Failed to apply default image tag \"{container.Image}\": couldn't parse image name \"{container.Image}\": invalid reference format";
            Record(pod, container, "Warning", "InspectFailed", message);
            return ImageOutcome.Failed(ContainerFault.InvalidImageName, message);
        }

        var policy = PullPolicy.Effective(container.ImagePullPolicy, reference);
        if (policy == PullPolicy.Always)
        {
            return ImageOutcome.MustPull;
        }

        if (await runtime.FindImageAsync(reference.ToString(), cancellationToken) is { } image)
        {
            Record(pod, container, "Normal", "Pulled", $"Container image \"{container.Image}\" already present on machine");
            return ImageOutcome.Present(image);
        }

        if (policy == PullPolicy.Never)
        {
            var message = $"Container image \"{container.Image}\" is not present with pull policy of Never";
            Record(pod, container, "Warning", ContainerFault.ErrImageNeverPull, message);
            return ImageOutcome.Failed(ContainerFault.ErrImageNeverPull, message);
        }

        return ImageOutcome.MustPull;
    }

    /// <summary>Pulls, or says how long to wait after failures.</summary>
    public async Task<ImageOutcome> PullAsync(Pod pod, Container container, ReferencedObjects objects, CancellationToken cancellationToken)
    {
        var key = (pod.Metadata.Uid, container.Image);
        var backoff = _backoffs.GetValueOrDefault(key);
        var now = clock.GetUtcNow();
        if (backoff is not null && now < backoff.RetryAt)
        {
            var message = $"Back-off pulling image \"{container.Image}\"";
            Record(pod, container, "Normal", "BackOff", message);
            return ImageOutcome.Failed(ContainerFault.ImagePullBackOff, $"{message}: {backoff.LastError}", backoff.RetryAt - now);
        }

        var reference = ImageReference.TryParse(container.Image)!;
        Record(pod, container, "Normal", "Pulling", $"Pulling image \"{container.Image}\"");
        try
        {
            var image = await PullAsync(pod, reference, objects, cancellationToken);
            var took = clock.GetUtcNow() - now;
            Record(pod, container, "Normal", "Pulled", FormattableString.Invariant($"Successfully pulled image \"{container.Image}\" in {took.TotalSeconds:0.###}s ({took.TotalSeconds:0.###}s including waiting). Image size: {image.SizeBytes} bytes."));
            _backoffs.TryRemove(key, out _);
            return ImageOutcome.Present(image);
        }
        catch (RuntimeException error) when (error.Failure != RuntimeFailure.Unavailable)
        {
            var next = _backoffs[key] = PullBackoff.After(backoff, clock.GetUtcNow(), error.Message);
            Record(pod, container, "Warning", "Failed", $"Failed to pull image \"{container.Image}\": {error.Message}");
            Record(pod, container, "Warning", "Failed", "Error: ErrImagePull");
            return ImageOutcome.Failed(ContainerFault.ErrImagePull, error.Message, next.RetryAt - clock.GetUtcNow());
        }
    }

    /// <summary>The pod is gone.</summary>
    public void Release(string podUid)
    {
        foreach (var key in _backoffs.Keys.Where(key => key.PodUid == podUid))
        {
            _backoffs.TryRemove(key, out _);
        }
    }

    public void Dispose() => _pulls.Dispose();

    private async Task<RuntimeImage> PullAsync(Pod pod, ImageReference reference, ReferencedObjects objects, CancellationToken cancellationToken)
    {
        await _pulls.WaitAsync(cancellationToken);
        try
        {
            var id = await PullWithAnyAsync(reference, PullSecrets.For(pod, objects, reference), cancellationToken);
            return await runtime.FindImageAsync(id, cancellationToken)
                ?? throw new RuntimeException(RuntimeFailure.NotFound, $"image {reference} is not there after it was pulled");
        }
        finally
        {
            _pulls.Release();
        }
    }

    // Credentials are tried in turn; the last failure counts.
    private async Task<string> PullWithAnyAsync(ImageReference reference, IReadOnlyList<RegistryCredential> credentials, CancellationToken cancellationToken)
    {
        for (var index = 0; index < credentials.Count - 1; index++)
        {
            try
            {
                return await runtime.PullImageAsync(reference.ToString(), credentials[index], cancellationToken);
            }
            catch (RuntimeException error) when (error.Failure != RuntimeFailure.Unavailable)
            {
                continue; // The next one may fit.
            }
        }

        return await runtime.PullImageAsync(reference.ToString(), credentials.LastOrDefault(), cancellationToken);
    }

    private void Record(Pod pod, Container container, string type, string reason, string message) =>
        events.Record(pod, type, reason, message, PodContainers.FieldPath(pod.Spec, container.Name));
}

namespace Strata.ApiServer.Admission;

/// <summary>The admission plug-ins in their order.</summary>
internal sealed class AdmissionChain(IReadOnlyList<IAdmissionPlugin> plugins)
{
    public static readonly AdmissionChain Empty = new([]);

    public async ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        foreach (var plugin in plugins)
        {
            await plugin.MutateAsync(request, cancellationToken);
        }

        if (request.NeedsReinvocation)
        {
            // Once more and no more: plug-ins that undo each other's changes must not go on for ever.
            request.IsReinvocation = true;
            foreach (var plugin in plugins)
            {
                await plugin.MutateAsync(request, cancellationToken);
            }
        }
    }

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        foreach (var plugin in plugins)
        {
            await plugin.ValidateAsync(request, cancellationToken);
        }
    }
}

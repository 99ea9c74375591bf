package dev.herald.campaign.template;

import org.jdbi.v3.core.Handle;

/** Hears of a template that WhatsApp lists otherwise than before. */
public interface TemplateWatcher {
  /**
   * @param tx the transaction that stores the change
   * @param now as it is after the change
   */
  void changed(Handle tx, Template now);
}
